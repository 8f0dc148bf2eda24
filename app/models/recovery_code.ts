import { randomBytes } from 'node:crypto'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { RecoveryCodeSchema } from '#database/schema'
import { hashToken } from '#crypto/random_token'
import type User from '#models/user'

/* Without I, L, O and U, which are misread as something else (Crockford's base 32). */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 16

/* Including separators and spaces; anything longer cannot be a code and is not read. */
const LONGEST_TYPED = 100

/**
 * Stands in, once, for a lost authenticator app. It has 80 random bits, so neither
 * guessing nor a copy of the table leads to one; only hashes are stored.
 */
export default class RecoveryCode extends RecoveryCodeSchema {
  static readonly COUNT = 10

  /**
   * Replaces a person's codes with ten new ones.
   *
   * @returns the codes as they are written down, which exist nowhere else
   */
  static async renew(user: User, client: TransactionClientContract): Promise<string[]> {
    await RecoveryCode.query({ client }).where('userId', user.id).delete()
    const codes = Array.from({ length: RecoveryCode.COUNT }, newCode)
    await RecoveryCode.createMany(
      codes.map((code) => ({ userId: user.id, codeHash: hashOf(user, code) })),
      { client }
    )
    return codes.map((code) => code.match(/.{4}/g)!.join('-'))
  }

  /**
   * Uses a code up.
   *
   * @param code without separators, in lower case
   * @returns whether it was one of this person's and had not been used
   */
  static async use(user: User, code: string, client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      RecoveryCode.query({ client })
        .where({ userId: user.id, codeHash: hashOf(user, code) })
        .delete()
    )
  }

  /** How many a person has left. */
  static async countOf(user: User, client?: TransactionClientContract): Promise<number> {
    const codes = await RecoveryCode.query({ client }).where('userId', user.id)
    return codes.length
  }

  /** The code that the typed text stands for, or `null` if it cannot be one. */
  static read(typed: string): string | null {
    if (typed.length > LONGEST_TYPED) return null
    const code = typed
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s-]/g, '')
      .replaceAll('o', '0')
      .replace(/[il]/g, '1')
    return code.length === LENGTH && [...code].every((one) => ALPHABET.includes(one)) ? code : null
  }
}

function newCode(): string {
  /* 32 divides 256, so every character is equally likely. */
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

function hashOf({ publicId }: User, code: string): string {
  return hashToken(`recovery_code:${publicId}:${code}`)
}
