import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import { now } from '#time/clock'
import Provider from '#models/provider'
import SetUpTick from '#models/set_up_tick'

/** Records that a step in the provider's console is done, or is not done after all. */
export class TickSetUpStep {
  async handle({ id }: Provider, step: string, isDone: boolean, actor: Actor): Promise<void> {
    await inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return

      const tick = await SetUpTick.query({ client: trx }).where({ providerId: id, step }).first()
      const changes = changesBetween({ [step]: tick !== null }, { [step]: isDone })
      if (Object.keys(changes).length === 0) return

      if (tick) await tick.delete()
      else {
        const ticked = { providerId: id, step, tickedBy: actor.name, tickedAt: now() }
        await SetUpTick.create(ticked, { client: trx })
      }
      const subject = provider.asAuditSubject
      await AuditEntry.record({ actor, action: 'provider.step_ticked', subject, changes }, trx)
    })
  }
}
