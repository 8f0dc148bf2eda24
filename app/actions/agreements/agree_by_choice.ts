import { inSession } from '#auth/in_session'
import { noteAgreements } from '#duties/note'
import Agreement from '#models/site/agreement'
import type UserSession from '#models/user_session'
import { presentDocuments } from '#site/documents'
import { now } from '#time/clock'

/** A member agrees to a document on their account's page, in the version that it shows. */
export class AgreeByChoice {
  /**
   * @param version its public id
   * @returns whether that is the version in force; someone who has agreed to it already does
   *   not do so again
   * @throws AccessEnded when the session has ended
   */
  async handle(version: string, session: UserSession): Promise<boolean> {
    return inSession(session, async (user, trx) => {
      const documents = await presentDocuments(trx)
      if (!documents.some((document) => document.version === version)) return false
      const agreements = await Agreement.of(user.id, trx).whereNull('withdrawnAt')
      if (agreements.some((one) => one.version.publicId === version)) return true
      const agreed = { versions: [version], ofAge: false, at: now().toISO()! }
      await noteAgreements(user, agreed, { way: 'account' }, trx)
      return true
    })
  }
}
