import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Generates a 256-bit secret as 43 base64url characters. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether a value from outside has the form of `randomToken`. */
export function looksLikeToken(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value)
}

/** SHA-256 as 43 base64url characters; secrets that are only compared are stored this way. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** HMAC-SHA-256 as 43 base64url characters. */
export function keyedHash(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('base64url')
}

/** Compares two texts without revealing, through timing, where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
