import { inSession } from '#auth/in_session'
import type Client from '#models/oidc/client'
import ClientMember from '#models/oidc/client_member'
import Consent from '#models/oidc/consent'
import type UserSession from '#models/user_session'
import { endAtSites } from '#oidc/end_at_sites'
import { now, sqlTime } from '#time/clock'

/**
 * A member takes back what a site was let see: its tokens end, and a third party has to
 * ask again. That the member has been there stays noted, because the site may still have
 * an account of theirs, and has to hear when they leave.
 */
export class TakeBack {
  /** @throws AccessEnded when the session has ended */
  async handle(client: Client, session: UserSession): Promise<void> {
    await inSession(session, async (user, trx) => {
      const ofMember = { userId: user.id, clientId: client.id }
      await endAtSites({ userId: user.id, clientId: client.clientId }, trx)
      await Consent.query({ client: trx }).where(ofMember).delete()
      await ClientMember.query({ client: trx })
        .where(ofMember)
        .whereNull('takenBackAt')
        .update({ takenBackAt: sqlTime(now()) })
    })
  }
}
