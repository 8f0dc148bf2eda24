import { randomBytes } from 'node:crypto'

/**
 * Generates an id for a row that appears in a URL or in an encryption purpose.
 *
 * @returns 128 random bits as 22 base64url characters
 */
export function newPublicId(): string {
  return randomBytes(16).toString('base64url')
}
