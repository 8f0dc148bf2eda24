import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ShownAddressSchema } from '#database/schema'
import { hashOfCounted, mostOf, secondsOf } from '#limits/limits'
import { now, sqlTime } from '#time/clock'

/**
 * An address that an account at a provider has shown: hashes of both. Someone who edits
 * the address there could otherwise find out, one by one, which addresses have an account
 * here.
 */
export default class ShownAddress extends ShownAddressSchema {
  /**
   * Whether an account at a provider may show this address; if so, it counts from now on.
   * Of several addresses shown at once, one gets the last place: the others fail on the
   * unique keys, and find it taken when they are retried.
   *
   * @param client a transaction that is run again when it loses (`inTransaction`)
   */
  static async mayShow(
    email: string,
    { providerId, subject }: { providerId: number; subject: string },
    client: TransactionClientContract
  ): Promise<boolean> {
    const subjectHash = hashOfCounted('shown_addresses', `${providerId}:${subject}`)
    const addressHash = hashOfCounted('shown_addresses', `${subjectHash}:${email}`)
    const rows = await ShownAddress.query({ client }).where('subjectHash', subjectHash)

    const since = now().minus({ seconds: secondsOf('shown_addresses') })
    const fresh = rows.filter(({ createdAt }) => createdAt > since)
    if (fresh.some((row) => row.addressHash === addressHash)) return true
    if (fresh.length >= mostOf('shown_addresses')) return false

    if (fresh.length < rows.length) {
      await ShownAddress.query({ client })
        .where('subjectHash', subjectHash)
        .where('createdAt', '<=', sqlTime(since))
        .delete()
    }
    const taken = new Set(fresh.map(({ place }) => place))
    const place = Array.from({ length: fresh.length + 1 }, (_, n) => n).find((n) => !taken.has(n))
    await ShownAddress.create({ subjectHash, addressHash, place }, { client })
    return true
  }
}
