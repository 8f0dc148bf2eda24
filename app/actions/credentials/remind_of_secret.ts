import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import { appUrl } from '#config/app'
import { now, sqlTime } from '#time/clock'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'

/**
 * Mails every administrator with a proved address, once per credential, that its secret
 * has grown old.
 *
 * @returns whether this call told them
 */
export class RemindOfSecret {
  async handle({ id, providerId }: ProviderCredential): Promise<boolean> {
    return inTransaction(async (trx) => {
      const time = sqlTime(now())
      const reminded = await affectedOne(
        ProviderCredential.query({ client: trx })
          .where({ id, status: 'active' })
          .whereNull('remindedAt')
          .update({ remindedAt: time, updatedAt: time })
      )
      if (!reminded) return false

      const provider = await Provider.findOrFail(providerId, { client: trx })
      const url = `${appUrl}/admin/providers/${provider.publicId}/rotation`
      const administrators = await User.query({ client: trx })
        .where('role', 'admin')
        .whereNotNull('email')
        .whereNull('suspendedAt')
      for (const { email, locale } of administrators) {
        const data = {
          provider: provider.label,
          days: String(ProviderCredential.OLD_AFTER.days),
          url,
        }
        await OutgoingMail.queue({ template: 'secret_old', to: email!, locale, data }, trx)
      }
      return true
    })
  }
}
