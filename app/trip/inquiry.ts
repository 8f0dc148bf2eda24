import { setTimeout as wait } from 'node:timers/promises'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import { mustRecognise, recognise } from '#trip/application'
import type { Arrived } from '#trip/arrival'
import { driverFor } from '#trip/driver_for'
import { exchangeInTurn, type SecretAwaited } from '#trip/exchange'
import { ProtocolFailure } from '#protocol/failure'
import { asFailure, type FailureName } from '#trip/failure'
import { profileOf, type Profile } from '#trip/profile'
import type { Found, Step } from '#trip/step'
import type { TokenSet } from '#protocol/token_set'
import { showProfile, showRecognition, showTokens } from '#trip/trial_report'

export interface Inquiry {
  kind: 'answered'
  tokens: TokenSet
  profile: Profile
  /** The credential that the provider accepted: the attempt's, or a fallback for it. */
  credential: ProviderCredential
}

/* How long a sign-in that has its profile waits for an optional answer, in milliseconds. */
const GRACE = 300

/**
 * Asks the provider: exchanges the code for tokens and the tokens for a profile, and
 * finds out the application where it is not known. Records each step in the attempt,
 * which the caller saves.
 *
 * @throws ProtocolFailure
 */
export async function inquire(
  provider: Provider,
  arrived: Arrived
): Promise<Inquiry | SecretAwaited> {
  const { attempt, code, secrets } = arrived
  const exchangeWith = (candidate: ProviderCredential) => {
    const exchange = async () => {
      const driver = driverFor(provider, candidate)
      return { driver, ...(await driver.exchange(code, secrets)) }
    }
    return note(attempt, 'token', exchange, ({ tokens }) => showTokens(tokens))
  }

  const exchanged = await exchangeInTurn(arrived, exchangeWith)
  if (exchanged.kind === 'secret_awaited') return exchanged
  const { driver, tokens, claims, accepted } = exchanged
  const { accessToken } = tokens
  const askProfile = async () => {
    const ask = async () => profileOf(await driver.person(accessToken, claims))
    const profile = await note(attempt, 'profile', ask, showProfile)
    if (profile.warning) attempt.warnOfLastStep(profile.warning)
    return profile
  }

  if (attempt.isTrial) {
    const asked = () => recognise(provider, accepted, driver.application(accessToken))
    await note(attempt, 'application', asked, showRecognition).catch(unlessAnother)
    return { kind: 'answered', tokens, profile: await askProfile(), credential: accepted }
  }

  const isVital = await mustRecognise(provider, accepted)
  const application = accepted.appRef ?? driver.application(accessToken)
  const recognition = recognise(provider, accepted, application)
  const settled = isVital ? recognition : recognition.catch(unlessAnother)
  /* If the profile fails first, that is the failure the attempt reports. */
  settled.catch(() => {})
  const profile = await askProfile()
  await (isVital ? settled : Promise.race([settled, wait(GRACE, undefined, { ref: false })]))
  return { kind: 'answered', tokens, profile, credential: accepted }
}

function is(error: unknown, failure: FailureName) {
  return error instanceof ProtocolFailure && error.failure === failure
}

/** The application can be learned another time; a mismatch cannot wait. */
function unlessAnother(error: unknown): null {
  if (is(error, 'another_application') || !(error instanceof ProtocolFailure)) throw error
  return null
}

/**
 * Runs one step and records in the attempt what it was, how long it took and how it
 * ended; for a trial also what came back, as rendered by `show`.
 */
async function note<T>(
  attempt: SignInAttempt,
  name: Step['name'],
  run: () => Promise<T>,
  show: (value: T) => Found
): Promise<T> {
  const begun = performance.now()
  const end = (how: Pick<Step, 'result' | 'code' | 'found'>) =>
    attempt.addStep({ name, ms: Math.round(performance.now() - begun), ...how })

  try {
    const value = await run()
    end({ result: 'ok', ...(attempt.isTrial && { found: show(value) }) })
    return value
  } catch (error) {
    const failure = asFailure(error)
    const { providerCode: code } = failure
    end({ result: failure.failure, ...(code && { code }) })
    throw failure
  }
}
