import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AddCredential } from '#actions/credentials/add_credential'
import { CheckKeys } from '#actions/providers/check_keys'
import { actorOf } from '#audit/actor'
import {
  keysVersionOf,
  tellWhatChanged,
} from '#controllers/admin/credentials/credential_conflict_page'
import Provider from '#models/provider'
import { issuePracticeKey } from '#sandbox/practice_keys'
import { tellOfKeyCheck } from '#set_up/key_check_notice'

/** New keys of a practice provider, as if issued by its console and pasted here. */
export default class PracticeKeysController {
  @inject()
  async store(ctx: HttpContext, addCredential: AddCredential, checkKeys: CheckKeys) {
    const { params, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    await provider.load('credentials')
    const issued = await issuePracticeKey(provider)
    if (issued) {
      const addition = await addCredential.handle(provider, {
        ...issued,
        label: null,
        approvedLosses: null,
        version: keysVersionOf(ctx),
        actor: actorOf(ctx),
      })
      if (addition.kind === 'stale') return tellWhatChanged(ctx, provider)
      if (addition.kind === 'added') {
        const check = await checkKeys.handle(addition.credential)
        tellOfKeyCheck(ctx, provider, check, i18n.t('rotation.notices.pasted'))
      }
    } else {
      session.flash('problem', i18n.t('rotation.problems.no_practice_key'))
    }
    return response.redirect(`/admin/providers/${params.id}/rotation`, false, 303)
  }
}
