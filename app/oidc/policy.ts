import { decodeJwt } from 'jose'
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import Consent from '#models/oidc/consent'
import { presentRequest } from '#oidc/request'

const { base, Check, Prompt } = interactionPolicy

/**
 * Decides when a person has to do something on our pages before a request is answered. It
 * follows the standard, and decides what the standard leaves open:
 *
 * - The ID token that a site sends along may be somebody else's.
 * - A second factor may be missing that the request or the site demands.
 * - A site may be closed to members who have never signed in there.
 * - Our own sites never ask for consent, whatever `prompt` says; a third party asks once
 *   for each scope.
 * - An app that comes back through its own scheme or through loopback always shows a
 *   page, because any program on the device can claim such an address (RFC 8252, 8.6).
 */
export function policy() {
  const prompts = base()
  signInChecks(prompts.get('login')!)
  prompts.add(new Prompt({ name: 'create', requestable: true }), 0)
  prompts.add(new Prompt({ name: 'select_account', requestable: true }), 2)
  prompts.remove('consent')
  prompts.add(newcomer())
  prompts.add(consent())
  return prompts
}

function signInChecks({ checks }: InstanceType<typeof Prompt>) {
  /* The library's own check runs only at the start, not when the request continues. */
  checks.remove('id_token_hint')
  checks.add(
    new Check('other_account', 'the site means somebody else', 'login_required', (ctx) => {
      const { session, params } = ctx.oidc
      const { accountId } = session!
      if (!accountId || params!.id_token_hint === undefined) return false
      const subject = clientOf(ctx).subjectOf(accountId)
      return decodeJwt(String(params!.id_token_hint)).sub !== subject
    })
  )
  checks.add(
    new Check(
      'second_factor',
      'a second factor is demanded',
      'unmet_authentication_requirements',
      (ctx) => {
        const { session, params } = ctx.oidc
        const isDemanded = demandsSecondFactor(params!) || clientOf(ctx).secondFactorOnly
        return Boolean(session!.accountId && isDemanded && session!.acr !== '2')
      }
    )
  )
}

/** A closed site lets in only members who have signed in there before. */
function newcomer() {
  return new Prompt(
    { name: 'newcomer', requestable: false },
    new Check('closed', 'the site takes no more members', 'access_denied', (ctx) => {
      const client = clientOf(ctx)
      return client.closedToNewcomers && client.visit === null
    })
  )
}

function consent() {
  const prompt = new Prompt({ name: 'consent', requestable: true })
  prompt.checks.remove('consent_prompt')
  prompt.checks.add(
    new Check('app', 'an app asks its person each time', 'interaction_required', (ctx) => {
      const isClaimed = String(ctx.oidc.params!.redirect_uri).startsWith('https:')
      return clientOf(ctx).kind === 'app' && !isClaimed && !hasAgreed(ctx)
    })
  )
  prompt.checks.add(
    new Check('third_party', 'the person has not agreed', 'consent_required', async (ctx) => {
      const client = clientOf(ctx)
      if (!client.thirdParty || hasAgreed(ctx)) return false
      if (ctx.oidc.prompts.has('consent')) return true
      const { guard } = presentRequest()
      const userId = guard.session?.userId
      const scopes = scopesToAgreeTo(ctx.oidc.params!, client)
      return userId === undefined || !(await Consent.covers(userId, client.id, scopes))
    })
  )
  return prompt
}

function clientOf({ oidc }: KoaContextWithOIDC) {
  return presentRequest().clients.get(oidc.client!.clientId)!
}

/** Whether the signed-in member has pressed "continue" on our page. */
function hasAgreed({ oidc }: KoaContextWithOIDC): boolean {
  const agreement = oidc.result?.consent as { accountId?: string } | undefined
  return agreement?.accountId !== undefined && agreement.accountId === oidc.session!.accountId
}

/**
 * The scopes of a request that a member has to agree to. `offline_access` comes from the
 * registration, whether or not a request names it.
 */
export function scopesToAgreeTo(
  { scope }: Record<string, unknown>,
  { scopes }: { scopes: string[] }
): string[] {
  const asked = String(scope ?? 'openid').split(' ')
  return scopes.filter((one) => one === 'offline_access' || asked.includes(one))
}

/** Whether a request accepts nothing less than a second factor. */
export function demandsSecondFactor({ acr_values: values }: Record<string, unknown>): boolean {
  const wanted = String(values ?? '').split(' ')
  return wanted.includes('2') && !wanted.includes('1')
}
