import { randomInt } from 'node:crypto'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import User from '#models/user'

/**
 * Mails a six-digit code that proves an address, to be typed into the page that waits
 * in this browser. A newer code voids the older one. There are three per pending
 * identity, and a few an hour per address, however many trips are made: nobody is
 * flooded, and six digits cannot be guessed.
 */
export class SendProofCode {
  /**
   * @param to a stored address, or the one to be proved
   * @param browser the secret of this browser: without it, the stored hash of so short
   *   a code would soon be cracked
   * @returns whether a mail was queued
   */
  async handle(
    pending: PendingIdentity,
    to: string,
    { browser, locale }: { browser: string; locale: string }
  ): Promise<boolean> {
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    await pending.load('provider')

    return inTransaction(async (trx) => {
      if (await OutgoingMail.isFlooding(to, ['proof_code'], trx)) return false

      const taken = await affectedOne(
        PendingIdentity.query({ client: trx })
          .where('id', pending.id)
          .where('codesSent', '<', PendingIdentity.MOST_CODES)
          .increment('codesSent', 1)
      )
      if (!taken) return false

      /* A code is void once the owner of its address ends all their sessions. */
      const owner = await User.withEmail(to, trx)
      const held = await PendingIdentity.findOrFail(pending.id, { client: trx })
      held.targetUserId ??= owner?.id ?? null
      held.keepCode(code, to, browser)
      await held.save()
      await OutgoingMail.queue(
        {
          template: 'proof_code',
          to,
          locale,
          data: {
            code,
            provider: pending.provider.label,
            startedAt: pending.createdAt.toISO()!,
            isNewcomer: held.targetUserId === null,
          },
        },
        trx
      )
      return true
    })
  }
}
