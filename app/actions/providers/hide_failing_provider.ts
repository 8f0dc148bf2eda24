import { inTransaction } from '#database/transaction'
import { appUrl } from '#config/app'
import { JOB } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import { now } from '#time/clock'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'
import type { FailureName } from '#trip/failure'

export type AutoHiding = { kind: 'hidden' } | { kind: 'unchanged' }

/**
 * Hides the button of a failing provider, if administrators chose that and another
 * button remains, and tells them. `hidden` is theirs to set and stays as it is.
 */
export class HideFailingProvider {
  async handle({ id }: Provider, reason: FailureName): Promise<AutoHiding> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider?.hasButton || !provider.hideWhenFailing || provider.isAutoHidden) {
        return { kind: 'unchanged' }
      }
      const shown = await Provider.withButton().useTransaction(trx)
      if (!shown.some((other) => other.id !== id && !other.isAutoHidden)) {
        return { kind: 'unchanged' }
      }

      await provider.merge({ autoHiddenAt: now(), autoHiddenFor: reason }).save()
      await AuditEntry.record(
        {
          actor: JOB,
          action: 'provider.auto_hidden',
          subject: provider.asAuditSubject,
          changes: { autoHiddenFor: { before: null, after: reason } },
        },
        trx
      )
      const url = `${appUrl}/admin/providers/${provider.publicId}/health`
      const data = { provider: provider.label, reason, url }
      await OutgoingMail.tellAdministrators('provider_hidden', data, trx)
      return { kind: 'hidden' }
    })
  }
}
