import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RotateSigningKeys } from '#actions/clients/rotate_signing_keys'
import { actorOf } from '#audit/actor'
import { parseGrace } from '#models/grace'
import SigningKey from '#models/oidc/signing_key'

/** How long sites may keep the published keys before the next one signs. */
const AFTER_CHOICES = ['24h', '3d', '7d'] as const

/** The keys that sign the ID tokens of all sites. */
export default class SigningKeysController {
  /** `GET /admin/signing_keys` */
  async index({ view }: HttpContext) {
    return view.render('pages/admin/signing_keys/index', {
      keys: await SigningKey.timetable(),
      choices: AFTER_CHOICES,
    })
  }

  /** `POST /admin/signing_keys`: one more; with `now`, after a leak, it is the only one. */
  @inject()
  async store(ctx: HttpContext, rotate: RotateSigningKeys) {
    const { request, response, session, i18n } = ctx
    const isLeak = request.input('after') === 'now'
    const after = AFTER_CHOICES.find((one) => one === request.input('after')) ?? AFTER_CHOICES[0]
    await rotate.handle(isLeak ? 'now' : parseGrace(after)!, actorOf(ctx))
    session.flash('notice', i18n.t(`clients.notices.key_${isLeak ? 'replaced' : 'added'}`))
    return response.redirect('/admin/signing_keys', false, 303)
  }
}
