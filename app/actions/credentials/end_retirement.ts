import { affectedOne } from '#database/affected'
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

      const time = sqlTime(now())
      const underWay = await SignInAttempt.query({ client: trx })
        .where('credentialId', id)
        .whereNull('finishedAt')
        .where('expiresAt', '>', time)
        .first()
      if (underWay) return false

      const revoked = await affectedOne(
        ProviderCredential.query({ client: trx })
          .where({ id, status: 'retiring' })
          .where('retireUntil', '<=', time)
          .update({
            status: 'revoked',
            revokedAt: time,
            retireUntil: null,
            clientSecret: null,
            updatedAt: time,
          })
      )
      if (!revoked) return false

      const credential = await ProviderCredential.findOrFail(id, { client: trx })
      await AuditEntry.record(
        {
          actor: JOB,
          action: 'credential.revoked',
          subject: credential.asAuditSubject,
          changes: { status: { before: 'retiring', after: 'revoked' } },
        },
        trx
      )
      return true
    })
  }
}
