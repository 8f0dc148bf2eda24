import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import type { ConsentOptions, ProviderServer } from '#tests/support/servers/provider_server'
import type { Page, Visitor } from '#tests/support/visitor'

type Tried = Pick<ProviderCredential, 'publicId'>

/** Presses "trial sign-in" beside a credential; returns the page of the trial. */
export async function prepareTrial(
  admin: Visitor,
  provider: Provider,
  credential: Tried
): Promise<Page> {
  const page = await admin.get(`/admin/providers/${provider.publicId}`)
  const prepared = await admin.submit(page, `/admin/credentials/${credential.publicId}/trials`)
  return admin.get(prepared.location)
}

/** Presses the button that leads to the provider in a new tab; returns the answer. */
export async function departOn(admin: Visitor, trial: Page): Promise<Page> {
  return admin.submit(trial, `${new URL(trial.url).pathname}/departures`)
}

/** A trial up to the callback address, which is not yet opened. */
export async function tryAndConsent(
  server: ProviderServer,
  admin: Visitor,
  provider: Provider,
  credential: Tried,
  consent: ConsentOptions = {}
): Promise<string> {
  const trial = await prepareTrial(admin, provider, credential)
  const departed = await departOn(admin, trial)
  return server.consent(departed.location, consent)
}

/** A whole trial; returns its report. */
export async function tryOut(
  server: ProviderServer,
  admin: Visitor,
  provider: Provider,
  credential: Tried,
  consent: ConsentOptions = {}
): Promise<Page> {
  return admin.visit(await tryAndConsent(server, admin, provider, credential, consent))
}

/** The row behind a trial's page. */
export function trialOf(page: Page): Promise<SignInAttempt> {
  return SignInAttempt.findByOrFail('publicId', new URL(page.url).pathname.split('/').at(-1))
}
