import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type UserSession from '#models/user_session'
import { presentRequest, sessionOfRequest } from '#oidc/request'
import type { SessionMark } from '#oidc/adapter'

/**
 * Lets `user_sessions` say who is signed in. The library would keep a session of its own
 * under a cookie of its own; it gets one made from that row for each request instead, so
 * that it can neither outlive it nor speak for somebody else.
 */
export function followUserSessions(provider: Provider) {
  const { Session } = provider
  Session.get = async (ctx: KoaContextWithOIDC) => {
    const here = await sessionOfRequest()
    const session = here ? presentSession(provider, here) : new Session()
    ctx.oidc?.entity('Session', session)
    return session
  }
  /* The adapter has asked for the session before it gave the token back. */
  Session.findByUid = async () => standingSession() as never
  countProofsSince(provider)
}

function presentSession({ Session }: Provider, here: UserSession) {
  const session = new Session()
  Object.assign(session, { jti: here.publicId, uid: here.publicId })
  session.loginAccount({
    accountId: here.user.publicId,
    loginTs: here.authenticatedAt.toUnixInteger(),
    ...proofOf(here),
  })
  /* So it is neither stored nor given a cookie. */
  Object.defineProperty(session, 'destroyed', { value: true })
  return session
}

/** What the library compares with a token that ends with its session. */
function standingSession() {
  const { grants } = presentRequest()
  const [grantId, grant] = [...grants].at(-1) ?? []
  return grant && { accountId: grant.accountId, grantIdFor: () => grantId }
}

/**
 * Whoever has signed in, or proved again who they are, since a request began to wait
 * has done what it asked for.
 */
function countProofsSince({ Interaction }: Provider) {
  const find = Interaction.find.bind(Interaction) as (id: string) => Promise<Waiting | undefined>
  Interaction.find = (async (id: string) => {
    const interaction = await find(id)
    const here = await sessionOfRequest()
    if (interaction && here && isProvedSince(here, interaction)) {
      const login = { accountId: here.user.publicId, ts: here.authenticatedAt.toUnixInteger() }
      const done = { login: { ...login, ...proofOf(here) }, select_account: {}, create: {} }
      interaction.result = { ...interaction.result, ...done }
    }
    return interaction
  }) as typeof Interaction.find
}

type Waiting = InstanceType<Provider['Interaction']>

/** Whether this session has been proved later than a request began to wait. */
export function isProvedSince(
  { tokenHash, authenticatedAt }: UserSession,
  interaction: { iat: number; session?: object }
): boolean {
  const asked = interaction.session as SessionMark | undefined
  return tokenHash !== asked?.tokenHash && authenticatedAt.toUnixInteger() >= interaction.iat
}

/** By what the person has shown who they are: `acr` and `amr`. */
export function proofOf({ secondFactorAt, identity }: UserSession) {
  return {
    acr: secondFactorAt ? '2' : '1',
    amr: [identity?.provider.key ?? 'pwd', ...(secondFactorAt ? ['otp', 'mfa'] : [])],
  }
}
