import { inTransaction } from '#database/transaction'
import { SwitchWebhook } from '#actions/clients/switch_webhook'
import { JOB } from '#audit/actor'
import { appUrl } from '#config/app'
import type Client from '#models/oidc/client'
import OutgoingMail from '#models/outgoing_mail'

/**
 * Notes that a site did not take an event. One that has taken none for a week is told no
 * more, and administrators get a mail.
 */
export class NoteWebhookFailure {
  async handle(client: Client): Promise<void> {
    if (!(await client.noteWebhookFailure())) return
    await inTransaction(async (trx) => {
      if (!(await new SwitchWebhook().handle(client, 'off', JOB, trx))) return
      const url = `${appUrl}/admin/clients/${client.publicId}/messages`
      await OutgoingMail.tellAdministrators('webhook_off', { client: client.name, url }, trx)
    })
  }
}
