import type { HttpContext } from '@adonisjs/core/http'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import { departOnTrial } from '#trip/departure'

/** Departs to the provider on a trial, in its own tab. */
export default class TrialDeparturesController {
  async store(ctx: HttpContext) {
    const { auth, params, response } = ctx
    const trial = await SignInAttempt.query()
      .where({ publicId: params.id, intent: 'trial', actorUserId: auth.getUserOrFail().id })
      .firstOrFail()
    const provider = await Provider.findOrFail(trial.providerId!)

    const departure = await departOnTrial(ctx, provider, trial)
    if (departure.ok) return response.redirect(departure.url, false, 303)
    /* Pressing again after it is all over shows the report. */
    if (departure.failure !== 'state_used' && (await trial.claim())) {
      await trial.finish({ outcome: 'failed', failure: departure.failure })
    }
    return response.redirect(`/admin/trials/${trial.publicId}`, false, 303)
  }
}
