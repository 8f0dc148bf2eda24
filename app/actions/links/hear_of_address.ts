import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import AccountToken from '#models/account_token'
import type Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import type { Visit } from '#trip/visit'
import { stillVouches, vouches } from '#trip/vouching'
import { tellOfMember } from '#oidc/tell_of_member'

/**
 * Acts on what a provider now says about the address of somebody it knows (decision 9).
 * A proof that rests on its word ends when it no longer vouches for the address;
 * another address that it vouches for and nobody has takes its place. No provider
 * affects what was proved here.
 */
export class HearOfAddress {
  /** @param identity of this user, as it was before this visit; the caller saves it */
  async handle(
    user: User,
    identity: Identity,
    { provider, profile }: Pick<Visit, 'provider' | 'profile'>,
    trx: TransactionClientContract
  ): Promise<void> {
    const isVouchedFor = vouches(provider, profile)
    const { email } = user
    if (email && identity.provesEmailOf(user) && !stillVouches(profile, email, isVouchedFor)) {
      await user.endEmailProof(identity, trx)
    }
    /* With a second factor, the first one alone gains nothing. */
    if (isVouchedFor && user.hasLostEmail && !user.hasSecondFactor) {
      await this.#take(user, identity, profile.email!, trx)
    }
  }

  async #take(user: User, identity: Identity, email: string, trx: TransactionClientContract) {
    if (await User.withEmail(email, trx)) return
    const proved = await affectedOne(
      User.query({ client: trx })
        .where('id', user.id)
        .whereNull('email')
        .update({ email, emailEndedAt: null, updatedAt: sqlTime(now()) })
    )
    if (!proved) return

    user.email = email
    user.emailEndedAt = null
    identity.provesEmail = true
    await AccountToken.voidAllOf(user, trx)
    await Registration.makeVoid(email, trx)
    await tellOfMember(user.id, 'member.changed', trx)
    const { locale } = user
    const data = { newEmail: email }
    await OutgoingMail.queue({ template: 'email_changed', to: email, locale, data }, trx)
  }
}
