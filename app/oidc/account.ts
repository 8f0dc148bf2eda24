import type { KoaContextWithOIDC } from 'oidc-provider'
import User from '#models/user'
import UserSession from '#models/user_session'
import { presentRequest } from '#oidc/request'
import { proofOf } from '#oidc/session'

/**
 * A member as sites see them.
 *
 * @param sub the member's public id
 * @param token the token for which the account is loaded, if any
 * @returns `undefined` when the member does not exist or may not sign in
 */
export async function findAccount(_ctx: KoaContextWithOIDC, sub: string, token?: object) {
  const user = presentRequest().members.get(sub) ?? (await User.findBy('publicId', sub))
  if (!user || user.isSuspended) return undefined
  const { sessionUid } = (token ?? {}) as { sessionUid?: string }
  return {
    accountId: sub,
    claims: async (use: string) => ({
      sub,
      ...(sessionUid && { sid: sessionUid }),
      ...(use === 'userinfo' && (await proofBehind(sessionUid))),
      name: user.name || undefined,
      nickname: user.name || undefined,
      locale: user.locale ?? undefined,
      updated_at: user.updatedAt.toUnixInteger(),
      ...(user.email && { email: user.email, email_verified: true }),
    }),
  }
}

/** How the person behind a token's session proved who they are, while that is known. */
async function proofBehind(sessionUid: string | undefined) {
  const session = sessionUid ? await UserSession.ofPublicIdWithProvider(sessionUid) : null
  return session ? { amr: proofOf(session).amr } : {}
}

/** A member's id at one site, which must not be recognisable at other sites. */
export function pairwiseIdentifier(
  _ctx: KoaContextWithOIDC,
  sub: string,
  { clientId }: { clientId: string }
): string {
  return presentRequest().clients.get(clientId)!.pairwiseSubjectOf(sub)
}
