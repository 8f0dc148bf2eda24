import { createDecipheriv, createHash, createHmac } from 'node:crypto'
import { DateTime } from 'luxon'
import { isExpected, oneOf, type NoticeReader, type NoticeReading } from '#protocol/notice'
import { subjectOf } from '#protocol/subject'

/**
 * Reads Naver's notice that somebody removed this service from their list
 * (docs/protocol/naver.md#notices). It is signed and encrypted with a key derived from
 * the client secret, so each live credential of that client id is tried. Naver never
 * resends a notice.
 */
export const readNaverNotice: NoticeReader = async ({ parameters }, { credentials }) => {
  const clientId = oneOf(parameters, 'clientId')
  const encrypted = oneOf(parameters, 'encryptUniqueId')
  const timestamp = oneOf(parameters, 'timestamp')
  const signature = oneOf(parameters, 'signature')
  if (!clientId || !encrypted || !timestamp || !signature) return refused(400, 'incomplete')
  if (!/^\d{1,12}$/.test(timestamp)) return refused(400, 'timestamp')

  const signed = `clientId=${clientId}&encryptUniqueId=${encrypted}&timestamp=${timestamp}`
  for (const credential of credentials) {
    if (credential.clientId !== clientId || credential.secret === '') continue
    const key = createHash('md5').update(credential.secret).digest()
    const expected = createHmac('sha256', key).update(signed).digest('base64url')
    if (!isExpected(signature, expected)) continue

    const subject = subjectOf(decrypted(encrypted, key))
    if (subject === null) return refused(400, 'unreadable')
    return {
      ok: true,
      notice: {
        subject,
        event: 'unlinked',
        reason: null,
        happenedAt: DateTime.fromSeconds(Number(timestamp), { zone: 'utc' }),
        mark: signature,
        byRetiring: credential.isRetiring,
      },
      answer: { status: 204 },
    }
  }
  return refused(403, 'signature')
}

function decrypted(encrypted: string, key: Buffer): string | null {
  const bytes = Buffer.from(encrypted, 'base64url')
  try {
    const decipher = createDecipheriv('aes-128-cbc', key, bytes.subarray(0, 16))
    return decipher.update(bytes.subarray(16), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}

function refused(status: number, reason: string): NoticeReading {
  return { ok: false, reason, answer: { status } }
}
