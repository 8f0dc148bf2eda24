import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Agreement from '#models/site/agreement'
import Site from '#models/site/site'
import type User from '#models/user'
import { type Asked, isMet } from '#duties/agreed'
import { presentDocuments } from '#site/documents'

/** The page that asks before a waiting sign-in goes on. */
export const AGREEMENTS_PAGE = '/user/login/agreements'

/**
 * What a member has not answered yet: required documents in a version that they have not
 * agreed to, optional ones whose present version they were never asked about, and the age.
 */
export async function openDuties(user: User, client: TransactionClientContract): Promise<Asked> {
  const { ageQuestion } = await Site.present(client)
  const agreements = await Agreement.of(user.id, client)
  const isAnswered = (version: string, required: boolean) =>
    agreements.some(
      ({ version: { publicId }, withdrawnAt }) => publicId === version && !(required && withdrawnAt)
    )
  const documents = await presentDocuments(client)
  return {
    documents: documents.filter(({ version, required }) => !isAnswered(version, required)),
    age: ageQuestion && user.ofAgeAt === null,
  }
}

/**
 * Whether a member must be asked before they are in. Someone who owes nothing more, because
 * a document was switched off, is noted to have met what there is.
 *
 * @param user locked, with what is asked now (`User.lockToSignIn`)
 */
export async function owesAnswer(user: User, client: TransactionClientContract): Promise<boolean> {
  const { presentDuties } = user
  if (presentDuties === null || presentDuties === user.duties) return false
  if (!isMet(await openDuties(user, client), null)) return true
  await user.useTransaction(client).merge({ duties: presentDuties }).save()
  return false
}
