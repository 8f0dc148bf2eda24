import Identity from '#models/identity'
import { now, sqlTime } from '#time/clock'
import { askAsPerson, type PersonalAnswer } from '#actions/links/access_token'
import { DRIVERS } from '#protocol/drivers'

export type ConsentWithdrawal =
  | { kind: 'withdrawn' }
  /** The provider does not allow withdrawing this item alone. */
  | { kind: 'kept' }
  | Exclude<PersonalAnswer<unknown>, { kind: 'answered' }>

/**
 * Withdraws consent to one item that a person shares with this service. What the
 * provider showed of it goes from the identity too.
 */
export class WithdrawConsent {
  /** @param identity with its provider loaded */
  async handle(identity: Identity, item: string): Promise<ConsentWithdrawal> {
    const answer = await askAsPerson(
      identity,
      async (driver, token) => (await driver.withdrawConsent?.(token, item)) ?? null
    )
    if (answer.kind !== 'answered') return answer
    if (answer.value === null) return { kind: 'kept' }

    const field = DRIVERS[identity.provider.driver].fieldsBehind[item]
    const agreed = answer.value.filter((one) => one.agreed).map(({ id }) => id)
    await Identity.query()
      .where('id', identity.id)
      .update({
        scopes: JSON.stringify(agreed),
        ...(field && { [field]: null }),
        updatedAt: sqlTime(now()),
      })
    return { kind: 'withdrawn' }
  }
}
