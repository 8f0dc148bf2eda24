import { inSession } from '#auth/in_session'
import { waysIn } from '#auth/ways_in'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import UserSession from '#models/user_session'

export type Disconnection =
  | { kind: 'disconnected'; provider: string; keptThisSession: boolean }
  | { kind: 'last_way_in' }
  | { kind: 'unknown' }

/**
 * Ends the link between a person and a provider's account, if another way to sign in
 * remains. Sessions that came through it end with it; the one in use stays, as a
 * session of its own, because the person has just proved who they are. A job tells the
 * provider later.
 */
export class DisconnectIdentity {
  /** @param publicId of one of this user's identities; anybody else's is unknown here */
  async handle(publicId: string, current: UserSession): Promise<Disconnection> {
    return inSession(current, async (user, trx) => {
      const ways = await waysIn(user, trx)
      const identity = ways.identities.find((one) => one.publicId === publicId)
      if (!identity) return { kind: 'unknown' }

      /*
       * An identity that is not a way in today may become one again, once its provider
       * is back on.
       */
      if (ways.count - (identity.isWayIn ? 1 : 0) < 1) return { kind: 'last_way_in' }

      const keptThisSession = current.identityId === identity.id
      if (keptThisSession) {
        await UserSession.query({ client: trx })
          .where('id', current.id)
          .update({ identityId: null })
      }
      await identity.disconnect({ cause: 'disconnected', person: user }, trx)
      await User.outdateProofs(user.id, trx)

      const { label } = identity.provider
      await OutgoingMail.tellOfIdentity(user, 'identity_unlinked', label, trx)
      return { kind: 'disconnected', provider: label, keptThisSession }
    })
  }
}
