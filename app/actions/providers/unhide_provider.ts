import { inTransaction } from '#database/transaction'
import { appUrl } from '#config/app'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'

export type Unhiding = { kind: 'unhidden' } | { kind: 'unchanged' }

/**
 * Brings back the button of a provider that was hidden automatically. Administrators
 * are told, unless one of them did it.
 */
export class UnhideProvider {
  async handle({ id }: Provider, actor: Actor): Promise<Unhiding> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider?.isAutoHidden) return { kind: 'unchanged' }

      const reason = provider.autoHiddenFor
      provider.endAutoHiding()
      await provider.save()
      await AuditEntry.record(
        {
          actor,
          action: 'provider.offered_again',
          subject: provider.asAuditSubject,
          changes: { autoHiddenFor: { before: reason, after: null } },
        },
        trx
      )
      if (actor.via === 'job' && provider.hasButton) {
        const url = `${appUrl}/admin/providers/${provider.publicId}/health`
        const data = { provider: provider.label, url }
        await OutgoingMail.tellAdministrators('provider_offered_again', data, trx)
      }
      return { kind: 'unhidden' }
    })
  }
}
