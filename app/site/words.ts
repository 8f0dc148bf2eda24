import type { I18n } from '@adonisjs/i18n'
import { appUrl } from '#config/app'
import { normalizeEmail } from '#text/email'
import type { PresentDocument } from '#site/documents'
import type { PresentSite, SiteLook } from '#site/present'

/** This site as one visitor sees it, in their language. */
export interface SiteInWords {
  name: string
  /** Whom to ask; `href` where that is an address one can open. */
  contact: { text: string; href: string | null } | null
  /** The lines about the business that every page ends with. */
  business: string[]
  /** Where its name leads: to its own home page, or to ours. */
  home: string
  /** Terms, privacy policy and the like, which every page and every mail leads to. */
  documents: { key: string; title: string; href: string }[]
  look: SiteLook
  board: boolean
  /** Whether newcomers may sign up at all. */
  signUp: boolean
  emailSignUp: boolean
}

/** The name of this site in the language of `i18n`: its own, or ours while it has none. */
export function siteName(
  { name, nameEn }: Pick<PresentSite, 'name' | 'nameEn'>,
  i18n: I18n
): string {
  const [first, second] = i18n.locale === 'ko' ? [name, nameEn] : [nameEn, name]
  return first ?? second ?? i18n.t('common.site')
}

export function siteInWords(site: PresentSite, i18n: I18n): SiteInWords {
  const { contact, business, homeUrl, documents, look, board, signUp, emailSignUp } = site
  return {
    name: siteName(site, i18n),
    contact: contact ? { text: contact, href: hrefOf(contact) } : null,
    business: business?.split('\n').filter(Boolean) ?? [],
    home: homeUrl ?? '/',
    documents: documents.map((document) => ({
      key: document.key,
      title: documentTitle(document, i18n),
      href: document.url ?? `${appUrl}${documentPage(document)}`,
    })),
    look,
    board,
    signUp,
    emailSignUp: signUp && emailSignUp,
  }
}

/** What a document is called in the language of `i18n`. */
export function documentTitle(
  { title, titleEn }: Pick<PresentDocument, 'title' | 'titleEn'>,
  i18n: I18n
): string {
  return i18n.locale === 'ko' ? title : (titleEn ?? title)
}

/** The page that shows a document, or leads to it. */
export const documentPage = ({ key }: Pick<PresentDocument, 'key'>) => `/documents/${key}`

/** Only what is certainly an address for mail or the web becomes a link. */
function hrefOf(contact: string): string | null {
  if (normalizeEmail(contact)) return `mailto:${contact}`
  return /^https?:\/\/\S+$/i.test(contact) && URL.canParse(contact) ? contact : null
}
