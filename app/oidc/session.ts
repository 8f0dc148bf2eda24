import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type UserSession from '#models/user_session'
import { presentRequest, sessionOfRequest } from '#oidc/request'
import type { SessionMark } from '#oidc/adapter'

/**
 * Makes `user_sessions` decide who is signed in. The library would keep its own session
 * under its own cookie. Instead, each request gives it a session built from that row, which
 * can neither outlive the row nor belong to somebody else.
 */
export function followUserSessions(provider: Provider) {
  const { Session } = provider
  Session.get = async (ctx: KoaContextWithOIDC) => {
    const here = await sessionOfRequest()
    const session = here ? presentSession(provider, here) : new Session()
    ctx.oidc?.entity('Session', session)
    return session
  }
  /* The adapter has checked the session before it returned the token. */
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
  /* This keeps the library from storing it or setting a cookie for it. */
  Object.defineProperty(session, 'destroyed', { value: true })
  return session
}

/** What the library compares a token with if the token ends with its session. */
function standingSession() {
  const { grants } = presentRequest()
  const [grantId, grant] = [...grants].at(-1) ?? []
  return grant && { accountId: grant.accountId, grantIdFor: () => grantId }
}

/**
 * A person who has signed in, or proved again who they are, since a request began to wait
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

/** Whether this session has been proved since a request began to wait. */
export function isProvedSince(
  { tokenHash, authenticatedAt }: UserSession,
  interaction: { iat: number; session?: object }
): boolean {
  const asked = interaction.session as SessionMark | undefined
  return tokenHash !== asked?.tokenHash && authenticatedAt.toUnixInteger() >= interaction.iat
}

/** How the person has proved who they are: `acr` and `amr`. */
export function proofOf({ secondFactorAt, identity }: UserSession) {
  return {
    acr: secondFactorAt ? '2' : '1',
    amr: [identity?.provider.key ?? 'pwd', ...(secondFactorAt ? ['otp', 'mfa'] : [])],
  }
}
