import logger from '@adonisjs/core/services/logger'
import { NoteWebhookFailure } from '#actions/clients/note_webhook_failure'
import { SecretUnreadable } from '#crypto/sealed'
import { forEachDue } from '#jobs/leased'
import type { Job } from '#jobs/job'
import Client from '#models/oidc/client'
import SiteMessage, { type MessageFailure } from '#models/oidc/site_message'
import { tellSite } from '#oidc/tell_site'
import { OutboundFailure } from '#outbound/guarded_post'

/* How many sites are told at the same time. */
const SITES_AT_ONCE = 10

type Told = 'sent' | 'putOff' | 'givenUp'

/**
 * Tells sites what has happened to their visitors. Each site, and each of its two
 * addresses, has a queue of its own, so that one that hangs delays no other for longer
 * than a call may take. If a process is killed before it has noted the answer, the message
 * is sent again: a sign-out does no harm twice, and an event has the same id.
 */
export class TellSites implements Job {
  readonly name = 'site messages'
  readonly everyMs = 2_000

  async handle(signal?: AbortSignal) {
    const outcome = { sent: 0, putOff: 0, givenUp: 0 }
    const tell = async (message: SiteMessage) => void outcome[await this.#tell(message)]++
    const channels = await SiteMessage.dueChannels()
    const workOff = async () => {
      for (let channel = channels.shift(); channel; channel = channels.shift()) {
        const queue = channel
        await forEachDue({ due: (limit) => SiteMessage.due(queue, limit) }, tell, signal)
      }
    }
    await Promise.all(Array.from({ length: SITES_AT_ONCE }, workOff))
    return outcome
  }

  async #tell(message: SiteMessage): Promise<Told> {
    const client = await Client.find(message.clientId)
    const obstacle = obstacleTo(message, client)
    if (!client || obstacle) {
      await message.giveUp(obstacle ?? 'site_off')
      return 'givenUp'
    }
    try {
      const status = await tellSite(message, client)
      if (status < 200 || status > 299) {
        return await this.#fail(message, client, { reason: `status ${status}`, status })
      }
      await message.markSent(status)
      if (message.channel === 'webhook') await client.noteWebhookTaken()
      return 'sent'
    } catch (error) {
      if (error instanceof OutboundFailure || error instanceof SecretUnreadable) {
        const reason = error instanceof OutboundFailure ? error.message : 'secret_unreadable'
        return this.#fail(message, client, { reason, status: null })
      }
      throw error
    }
  }

  async #fail(message: SiteMessage, client: Client, failure: MessageFailure): Promise<Told> {
    const again = await message.markFailed(failure)
    const { publicId, kind } = message
    const fields = { message: publicId, kind, client: client.clientId, reason: failure.reason }
    if (again) logger.warn(fields, 'a site was not told and will be later')
    else logger.error(fields, 'a site cannot be told: given up')
    if (message.channel === 'webhook') await new NoteWebhookFailure().handle(client)
    return again ? 'putOff' : 'givenUp'
  }
}

/** Why a site is not to be told this any more. */
function obstacleTo({ channel }: SiteMessage, client: Client | null): string | null {
  if (!client?.isEnabled) return 'site_off'
  if (channel === 'logout') return client.backchannelLogoutUri ? null : 'no_address'
  if (!client.webhookUrl) return 'no_address'
  return client.hearsEvents ? null : 'webhook_off'
}
