import type { HttpContext } from '@adonisjs/core/http'
import { deviceOf } from '#auth/device'
import SignInAttempt from '#models/sign_in_attempt'

export default class HistoriesController {
  /** `GET /account/history` */
  async show({ auth, view }: HttpContext) {
    const attempts = await SignInAttempt.lastOf(auth.getUserOrFail().id)
    return view.render('pages/account/history', {
      attempts: attempts.map((attempt) => ({
        provider: attempt.provider?.label ?? null,
        /* No provider means a password, unless the provider was deleted or is hidden. */
        isPassword: attempt.providerId === null,
        at: attempt.startedAt,
        ip: attempt.ip,
        result: attempt.result,
        isSuccess: attempt.isSuccess,
        ...deviceOf(attempt.userAgent),
      })),
    })
  }
}
