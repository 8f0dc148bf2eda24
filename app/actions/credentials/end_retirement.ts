import { inTransaction } from '#database/transaction'
import { JOB } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import { now, sqlTime } from '#time/clock'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'

/**
 * Revokes a retiring credential whose grace time is over, and wipes its secret. It
 * stays while somebody is at the provider through it: no new attempt begins with it, so
 * that is ten minutes at most.
 *
 * @returns whether this call revoked it
 */
export class EndRetirement {
  async handle({ id, providerId }: ProviderCredential): Promise<boolean> {
    return inTransaction(async (trx) => {
      if (!(await Provider.lock(providerId, trx))) return false

      const credential = await ProviderCredential.find(id, { client: trx })
      if (!credential?.isGraceOver) return false
      const underWay = await SignInAttempt.query({ client: trx })
        .where('credentialId', id)
        .whereNull('finishedAt')
        .where('expiresAt', '>', sqlTime(now()))
        .first()
      if (underWay) return false

      await AuditEntry.record(
        {
          actor: JOB,
          action: 'credential.revoked',
          subject: credential.asAuditSubject,
          changes: { status: { before: 'retiring', after: 'revoked' } },
        },
        trx
      )
      await credential.revoke()
      return true
    })
  }
}
