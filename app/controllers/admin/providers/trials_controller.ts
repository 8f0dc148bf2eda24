import type { HttpContext } from '@adonisjs/core/http'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { now } from '#time/clock'
import { silentDiagnoses } from '#set_up/diagnosis'
import { letFormsReach } from '#trip/panel'
import { STEP_NAMES } from '#trip/step'

/* Seconds between two checks of a trial under way, and until its silence means something. */
const REFRESH_EVERY = 3
const SILENT_AFTER = 20

/** Test sign-ins of administrators. */
export default class TrialsController {
  /** `POST /admin/credentials/:id/trials`: opens the report. The trip starts from its page. */
  async store({ auth, params, response, session, i18n }: HttpContext) {
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)
    if (credential.status === 'revoked') {
      session.flash('problem', i18n.t('admin.problems.revoked'))
      return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
    }
    const trial = await SignInAttempt.prepareTrial(credential, auth.getUserOrFail())
    return response.redirect(`/admin/trials/${trial.publicId}`, false, 303)
  }

  /** `GET /admin/trials/:id`: waits for the other tab, then shows the result. */
  async show({ auth, params, request, response, view }: HttpContext) {
    const trial = await SignInAttempt.query()
      .where({ publicId: params.id, intent: 'trial' })
      .preload('credential')
      .preload('actor')
      .firstOrFail()
    const provider = await Provider.findOrFail(trial.providerId!)
    letFormsReach(response, [provider])

    const stage = trial.trialStage
    const isUnderWay = stage === 'ready' || stage === 'away' || stage === 'asking'
    const awayFor = Math.max(0, Math.round(now().diff(trial.startedAt).as('seconds')))
    const isSilent = stage === 'overdue' || (stage === 'away' && awayFor >= SILENT_AFTER)
    const still = request.qs().still === '1'
    return view.render('pages/admin/trials/show', {
      trial,
      provider,
      stage,
      awayFor,
      isUnderWay,
      isOwn: trial.actorUserId === auth.user?.id,
      still,
      refreshEvery: isUnderWay && !still ? REFRESH_EVERY : null,
      silence: isSilent ? silentDiagnoses(provider) : null,
      steps: STEP_NAMES.map((name) => ({
        name,
        ...trial.steps.find((step) => step.name === name),
      })),
      lastStep: trial.steps.at(-1),
    })
  }
}
