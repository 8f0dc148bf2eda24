import { setTimeout as wait } from 'node:timers/promises'
import { NoteUnlinked } from '#actions/links/note_unlinked'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import Revocation from '#models/revocation'
import { callAsClient } from '#trip/client_call'
import type { Driver } from '#protocol/driver'
import { driverFor } from '#trip/driver_for'
import { asFailure, type FailureName } from '#trip/failure'
import type { KeptTokens } from '#protocol/token_set'

/** The result of asking for an access token. */
export type AccessToken =
  | { kind: 'token'; token: string; provider: Provider }
  /** The provider says that the link has ended. Sessions that came through it are signed out. */
  | { kind: 'unlinked' }
  /** Unavailable for now; nobody is signed out because of it. */
  | { kind: 'unavailable'; failure: FailureName }

/* In milliseconds: how long to wait for another call's refresh, and the pause between checks. */
const PATIENCE_MS = 12_000
const FIRST_LOOK_MS = 40
const LONGEST_LOOK_MS = 400

/**
 * Returns a valid access token for code that calls the provider on a person's behalf:
 * the stored one while it is fresh, otherwise a new one.
 *
 * However many calls ask at once, in however many processes, only one of them asks the
 * provider: it leases the identity's row, and the others look there for the result.
 * A lease outlives a process that died holding it by half a minute at most.
 *
 * @param options.refused a token that the provider has just refused, whatever the clock says
 */
export async function accessToken(
  { id }: Pick<Identity, 'id'>,
  { refused }: { refused?: string } = {}
): Promise<AccessToken> {
  const begun = performance.now()
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
    const identity = await Identity.query().where('id', id).preload('provider').first()
    if (identity === null || identity.isUnlinked) return { kind: 'unlinked' }
    const provider: Provider | null = identity.provider
    if (provider === null) return unavailable('provider_off')

    let kept: KeptTokens
    try {
      kept = identity.revealTokens()
    } catch (error) {
      return unavailable(asFailure(error).failure)
    }
    const token = kept.accessToken
    if (token !== null && token !== refused && identity.hasFreshToken) {
      return { kind: 'token', token, provider }
    }
    if (kept.refreshToken === null) return unavailable('token_refused')
    if (identity.restsAfter) return unavailable(identity.restsAfter)

    if (await identity.leaseRefresh()) {
      const outcome = await refresh(identity, kept)
      if (outcome) return outcome
    }
    if (performance.now() - begun > PATIENCE_MS) return unavailable('provider_timeout')
    await wait(pause * (0.75 + Math.random() / 2))
  }
}

/** @returns `null` when somebody else stored newer tokens, or ended the link, during the call */
async function refresh(identity: Identity, kept: KeptTokens): Promise<AccessToken | null> {
  const { provider } = identity
  try {
    const { value: tokens, credential } = await callAsClient(
      provider,
      identity.tokenClientId,
      (driver) => driver.refresh(kept)
    )
    await credential?.noteUse()
    if (await identity.saveRefreshedTokens(tokens)) {
      return { kind: 'token', token: tokens.accessToken, provider }
    }
    await Revocation.passOnRefreshedTokens(identity, tokens)
    return null
  } catch (error) {
    const { failure } = asFailure(error)
    if (failure === 'grant_gone') {
      return (await new NoteUnlinked().handle(identity)) ? { kind: 'unlinked' } : null
    }
    await identity.restRefresh(failure)
    return unavailable(failure)
  }
}

function unavailable(failure: FailureName) {
  return { kind: 'unavailable', failure } as const
}

/** A provider's answer to a call on a person's behalf. */
export type PersonalAnswer<T> =
  { kind: 'answered'; value: T } | Exclude<AccessToken, { kind: 'token' }>

/**
 * Calls a provider on a person's behalf. A token that the provider refuses before it
 * expires is replaced once, which is how the end of a link comes to light here.
 */
export async function askAsPerson<T>(
  identity: Pick<Identity, 'id'>,
  call: (driver: Driver, token: string) => Promise<T>
): Promise<PersonalAnswer<T>> {
  for (let refused: string | undefined; ;) {
    const access = await accessToken(identity, { refused })
    if (access.kind !== 'token') return access
    try {
      const driver = driverFor(access.provider, null)
      return { kind: 'answered', value: await call(driver, access.token) }
    } catch (error) {
      const { failure } = asFailure(error)
      if (failure !== 'token_refused' || refused !== undefined) return unavailable(failure)
      refused = access.token
    }
  }
}
