import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { appUrl } from '#config/app'
import { hashToken, randomToken } from '#auth/random_token'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import type User from '#models/user'
import { now } from '#models/clock'

export class OfferEmailProof {
  async handle(user: User, email: string, trx?: TransactionClientContract) {
    const token = randomToken()
    await AccountToken.query({ client: trx })
      .where('userId', user.id)
      .where('purpose', 'prove_email')
      .delete()
    await AccountToken.create(
      {
        userId: user.id,
        purpose: 'prove_email',
        tokenHash: hashToken(token),
        email,
        expiresAt: now().plus(AccountToken.LIFETIME.prove_email),
      },
      { client: trx }
    )
    await OutgoingMail.queue(
      {
        template: 'prove_email',
        to: email,
        locale: user.locale,
        data: { url: `${appUrl}/user/${user.publicId}/verify/${token}` },
      },
      trx
    )
  }
}
