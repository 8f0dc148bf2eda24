import type { HttpContext } from '@adonisjs/core/http'
import { errors } from 'oidc-provider'
import type UserSession from '#models/user_session'
import { presentOidcProvider } from '#oidc/provider'
import { isProvedSince } from '#oidc/session'

export type Interaction = Awaited<
  ReturnType<Awaited<ReturnType<typeof presentOidcProvider>>['interactionDetails']>
>

/**
 * What a signed-in member is asked before a request continues:
 *
 * - `proof`: to prove again who they are
 * - `second_factor`: to set up a second factor
 * - `account`: whether to continue with the current account
 * - `other_account`: to sign in as the person whom the site means
 * - `closed`: nothing; the site takes no more members
 * - `consent`: to agree
 */
export type Question =
  'proof' | 'second_factor' | 'account' | 'other_account' | 'closed' | 'consent'

/** Reads the request that waits in this browser under the `:uid` in the address. */
export async function waitingRequest({
  params,
  request,
  response,
}: HttpContext): Promise<Interaction | null> {
  const provider = await presentOidcProvider()
  try {
    const interaction = await provider.interactionDetails(request.request, response.response)
    return interaction.uid === params.uid ? interaction : null
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return null
    throw error
  }
}

/** @returns `null` when nothing is left to ask */
export function questionOf({ prompt, ...request }: Interaction, session: UserSession) {
  switch (prompt.name) {
    case 'login':
      return questionOfLogin(prompt.reasons, isProvedSince(session, request), session)
    case 'create':
    case 'select_account':
      return isProvedSince(session, request) ? null : 'account'
    case 'newcomer':
      return 'closed'
    case 'consent':
      return 'consent'
    default:
      throw new Error(`Nothing is known of the prompt ${prompt.name}`)
  }
}

function questionOfLogin(
  reasons: string[],
  isProved: boolean,
  { secondFactorAt }: UserSession
): Question | null {
  const has = (...names: string[]) => reasons.some((reason) => names.includes(reason))
  if (has('second_factor') && !secondFactorAt) return 'second_factor'
  if (isProved) return null
  if (has('other_account')) return 'other_account'
  return has('login_prompt', 'max_age') ? 'proof' : null
}

/** Stores the result of a question, for the request to continue with. */
export async function answer(interaction: Interaction, result: Interaction['result']) {
  interaction.result = { ...interaction.lastSubmission, ...result }
  await interaction.persist()
}
