import { inSession } from '#auth/in_session'
import Agreement from '#models/site/agreement'
import Document from '#models/site/document'
import type UserSession from '#models/user_session'
import { now } from '#time/clock'

/** `required`: what is required now can only be taken back by leaving. */
export type TakingBack = 'taken_back' | 'required' | 'gone'

/** Takes back what a member agreed to of their own choice. That they had agreed stays noted. */
export class TakeBackAgreement {
  /** @throws AccessEnded when the session has ended */
  async handle(publicId: string, session: UserSession): Promise<TakingBack> {
    return inSession(session, async (user, trx) => {
      const agreement = await Agreement.of(user.id, trx)
        .where({ publicId })
        .whereNull('withdrawnAt')
        .first()
      if (!agreement) return 'gone'
      const document = await Document.findOrFail(agreement.version.documentId, { client: trx })
      if (document.required && document.enabled) return 'required'
      await agreement.merge({ withdrawnAt: now() }).save()
      return 'taken_back'
    })
  }
}
