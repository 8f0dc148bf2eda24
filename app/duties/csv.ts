import { BOM, csvLine } from '#audit/csv'
import Agreement from '#models/site/agreement'
import Document from '#models/site/document'
import User from '#models/user'
import { SITE_ZONE } from '#time/clock'
import type { DateTime } from 'luxon'

/** The columns, by their names in `duties.columns`. */
export const AGREEMENT_COLUMNS = [
  'member',
  'name',
  'email',
  'document',
  'version',
  'agreedAt',
  'way',
  'withdrawnAt',
] as const

type Words = Record<(typeof AGREEMENT_COLUMNS)[number], string>

const PAGE = 500

/**
 * Every agreement of every member, the oldest first, as a file for an inspector.
 *
 * @param words the titles of the columns, and how a member agreed
 */
export async function* agreementsCsv(words: {
  titles: Words
  way: (agreement: Agreement) => string
}): AsyncGenerator<string> {
  const documents = await Document.inOrder()
  yield BOM + csvLine(AGREEMENT_COLUMNS.map((column) => words.titles[column]))
  for (let after = 0; ;) {
    const agreements = await Agreement.query()
      .where('id', '>', after)
      .preload('version')
      .orderBy('id')
      .limit(PAGE)
    if (agreements.length === 0) return
    after = agreements.at(-1)!.id
    const members = agreements.map(({ userId }) => userId)
    const users = await User.query().whereIn('id', members)
    const lines = agreements.map((agreement) => {
      const user = users.find(({ id }) => id === agreement.userId)
      const document = documents.find(({ id }) => id === agreement.version.documentId)
      const cells: Words = {
        member: user?.publicId ?? '',
        name: user?.name ?? '',
        email: user?.email ?? '',
        document: document?.title ?? '',
        version: String(agreement.version.number),
        agreedAt: timeOf(agreement.agreedAt),
        way: words.way(agreement),
        withdrawnAt: agreement.withdrawnAt ? timeOf(agreement.withdrawnAt) : '',
      }
      return csvLine(AGREEMENT_COLUMNS.map((column) => cells[column]))
    })
    yield lines.join('')
  }
}

const timeOf = (at: DateTime) => at.setZone(SITE_ZONE).toFormat('yyyy-MM-dd HH:mm:ss')
