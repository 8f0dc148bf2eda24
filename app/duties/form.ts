import type { HttpContext } from '@adonisjs/core/http'
import type { I18n } from '@adonisjs/i18n'
import type { Agreed, Asked } from '#duties/agreed'
import { siteInWords } from '#site/words'
import type { PresentSite } from '#site/present'
import { now } from '#time/clock'
import type { FormState } from '#validators/form'

/* Far more than there can be, and a bound on what is read. */
const MOST = 100
const LONGEST = 22

/** The word for the age among what the button "agree to all" sends. */
const AGE = 'age'

/** What a page asks, in its language. */
export interface AskedInWords {
  documents: { version: string; title: string; href: string; required: boolean }[]
  age: boolean
  /** What the button "agree to all" sends. */
  all: string
}

export function askedInWords({ documents, age }: Asked, site: PresentSite, i18n: I18n) {
  const words = siteInWords({ ...site, documents }, i18n)
  const inWords: AskedInWords = {
    documents: documents.map(({ version, required }, index) => {
      const { title, href } = words.documents[index]
      return { version, required, title, href }
    }),
    age,
    all: [...documents.map(({ version }) => version), ...(age ? [AGE] : [])].join(' '),
  }
  return inWords
}

export type Answer = { ok: true; agreed: Agreed } | { ok: false; errors: FormState['errors'] }

/**
 * Reads the boxes that a person has ticked. Only versions that are asked about count: of one
 * that has been replaced since the page was opened, they have to read the new one.
 */
export function readAnswer({ request, i18n }: HttpContext, { documents, age }: Asked): Answer {
  const body = request.body()
  const all = textsIn(typeof body.agree_all === 'string' ? [body.agree_all] : [], 2_500)
    .flatMap((list) => list.split(' '))
    .slice(0, MOST)
  const ticked = new Set([...textsIn(body.agree, LONGEST), ...all])
  const ofAge = age && (body.ofAge === 'true' || all.includes(AGE))

  const errors: FormState['errors'] = {}
  const isMissing = documents.some(({ version, required }) => required && !ticked.has(version))
  if (isMissing) {
    const isOutdated = [...ticked].some(
      (one) => one !== AGE && !documents.some(({ version }) => version === one)
    )
    errors.agree = i18n.t(isOutdated ? 'duties.problems.outdated' : 'duties.problems.missing')
  }
  if (age && !ofAge) errors.ofAge = i18n.t('duties.problems.age')
  if (Object.keys(errors).length > 0) return { ok: false, errors }

  const versions = documents.map(({ version }) => version).filter((one) => ticked.has(one))
  return { ok: true, agreed: { versions, ofAge, at: now().toISO()! } }
}

function textsIn(value: unknown, longest: number): string[] {
  const texts = (Array.isArray(value) ? value : []).slice(0, MOST)
  return texts.filter((one): one is string => typeof one === 'string' && one.length <= longest)
}
