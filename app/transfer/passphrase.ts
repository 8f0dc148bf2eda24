import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import { inTurn } from '#crypto/bounded_scrypt'
import { sameText } from '#crypto/random_token'

/**
 * What version 1 of the file costs: 128 MB and a few tenths of a second per guess.
 * Never read from a file, which could demand any amount of both. Tests seal dozens of
 * files and gain nothing from the wait.
 */
const COST = { N: app.inTest ? 2 ** 10 : 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

/** Everything in base64url. */
export interface SealedByPassphrase {
  salt: string
  iv: string
  /** Tells a wrong passphrase from an altered file. */
  check: string
  sealed: string
}

export type Opened = { kind: 'opened'; text: string } | { kind: 'wrong_passphrase' | 'tampered' }

/**
 * Encrypts a text with a passphrase (scrypt, AES-256-GCM).
 *
 * @param bound stays readable, and must be the same when the text is opened
 */
export async function sealByPassphrase(
  passphrase: string,
  text: string,
  bound: string
): Promise<SealedByPassphrase> {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const { key, check } = await keysFrom(passphrase, salt)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return {
    salt: salt.toString('base64url'),
    iv: iv.toString('base64url'),
    check,
    sealed: sealed.toString('base64url'),
  }
}

/** Opens what `sealByPassphrase` made, if neither it nor what it is bound to was altered. */
export async function openByPassphrase(
  passphrase: string,
  { salt, iv, check: expected, sealed }: SealedByPassphrase,
  bound: string
): Promise<Opened> {
  const { key, check } = await keysFrom(passphrase, Buffer.from(salt, 'base64url'))
  if (!sameText(check, expected)) return { kind: 'wrong_passphrase' }

  const bytes = Buffer.from(sealed, 'base64url')
  const [body, tag] = [bytes.subarray(0, -TAG_BYTES), bytes.subarray(-TAG_BYTES)]
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(bound)).setAuthTag(tag)
    return {
      kind: 'opened',
      text: Buffer.concat([decipher.update(body), decipher.final()]).toString(),
    }
  } catch {
    return { kind: 'tampered' }
  }
}

const TAG_BYTES = 16

/**
 * Half of what scrypt derives encrypts; the other half only shows that the passphrase
 * is right.
 */
async function keysFrom(passphrase: string, salt: Buffer): Promise<{ key: Buffer; check: string }> {
  const bytes = await inTurn(() => {
    return new Promise<Buffer>((resolve, reject) => {
      scrypt(passphrase.normalize('NFC'), salt, 64, COST, (error, derived) =>
        error ? reject(error) : resolve(derived)
      )
    })
  })
  const check = createHmac('sha256', bytes.subarray(32)).update('passphrase').digest('base64url')
  return { key: bytes.subarray(0, 32), check }
}
