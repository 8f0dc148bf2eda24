import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ON_UNLINK } from '#database/enums'
import { ChooseUnlinkConsequence } from '#actions/providers/choose_unlink_consequence'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import { connectedServicesUrl } from '#sandbox/connected_services'
import { warningOf } from '#set_up/diagnosis'
import { unlinkNoticeUrl } from '#trip/driver_for'
import { readAdminForm } from '#validators/admin_form'
import { fieldOf } from '#validators/field'
import { unlinkConsequenceValidator } from '#validators/provider'

/** A provider's notice that links have ended, and what follows from it. */
export default class NoticesController {
  async show(ctx: HttpContext) {
    return this.#show(ctx, await Provider.findByOrFail('publicId', ctx.params.id))
  }

  @inject()
  async update(ctx: HttpContext, choose: ChooseUnlinkConsequence) {
    const { params, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const form = await readAdminForm(ctx, unlinkConsequenceValidator)
    if (!form.valid) {
      response.status(422)
      return this.#show(ctx, provider, i18n.t('notices.choose'))
    }

    const { onUnlink } = form.data
    const version = fieldOf(ctx, 'version')
    const choice = await choose.handle(provider, { onUnlink, version, actor: actorOf(ctx) })
    if (choice.kind === 'stale') {
      response.status(409)
      await provider.refresh()
      const present = i18n.t(`notices.on_unlink.${choice.present}`)
      return this.#show(ctx, provider, i18n.t('notices.stale', { present }))
    }
    if (choice.kind === 'gone') return response.redirect('/admin/providers', false, 303)
    session.flash('notice', i18n.t('notices.saved'))
    return response.redirect(`/admin/providers/${params.id}/notices`, false, 303)
  }

  async #show({ view }: HttpContext, provider: Provider, problem?: string) {
    const notices = await ReceivedNotice.lastOf(provider)
    const isIncomplete = notices.some(({ reason }) => reason === 'sign_up_incomplete')
    return view.render('pages/admin/notices/show', {
      provider,
      warning: isIncomplete ? warningOf(provider, 'sign_up_incomplete') : null,
      problem,
      address: unlinkNoticeUrl(provider),
      practiceUrl: await connectedServicesUrl(provider),
      notices,
      held: await ReceivedNotice.isHeld(provider),
      choices: ON_UNLINK,
    })
  }
}
