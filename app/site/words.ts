import type { I18n } from '@adonisjs/i18n'
import { normalizeEmail } from '#text/email'
import type { PresentSite } from '#site/present'

/** This site as one visitor sees it, in their language. */
export interface SiteInWords {
  name: string
  /** Whom to ask; `href` where that is an address one can open. */
  contact: { text: string; href: string | null } | null
  /** The lines about the business that every page ends with. */
  business: string[]
  /** Where its name leads: to its own home page, or to ours. */
  home: string
  board: boolean
  /** Whether newcomers may sign up at all. */
  signUp: boolean
  emailSignUp: boolean
}

/** The name of this site in the language of `i18n`: its own, or ours while it has none. */
export function siteName({ name, nameEn }: PresentSite, i18n: I18n): string {
  const [first, second] = i18n.locale === 'ko' ? [name, nameEn] : [nameEn, name]
  return first ?? second ?? i18n.t('common.site')
}

export function siteInWords(site: PresentSite, i18n: I18n): SiteInWords {
  const { contact, business, homeUrl, board, signUp, emailSignUp } = site
  return {
    name: siteName(site, i18n),
    contact: contact ? { text: contact, href: hrefOf(contact) } : null,
    business: business?.split('\n').filter(Boolean) ?? [],
    home: homeUrl ?? '/',
    board,
    signUp,
    emailSignUp: signUp && emailSignUp,
  }
}

/** Only what is certainly an address for mail or the web becomes a link. */
function hrefOf(contact: string): string | null {
  if (normalizeEmail(contact)) return `mailto:${contact}`
  return /^https?:\/\/\S+$/i.test(contact) && URL.canParse(contact) ? contact : null
}
