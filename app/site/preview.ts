import type { I18n } from '@adonisjs/i18n'
import { GROUNDS, INK, nearestUsable, OUR_COLOR, paletteOf, readColor } from '#look/palette'
import type { PresentSite } from '#site/present'
import { siteName } from '#site/words'

/* No more of a name than a site's can have is shown while it is typed. */
const LONGEST_NAME = 50

/** How a site looks in one of the two themes. */
interface PreviewedTheme {
  name: 'light' | 'dark'
  ground: string
  ink: string
  accent: string
  on: string
  around: string
}

export interface SitePreview {
  name: string
  /** What is shown instead of a typed colour that cannot be used. */
  nearest: string | null
  themes: PreviewedTheme[]
}

/**
 * The site as it is, or as it would be with what somebody is typing.
 *
 * @param typed as it comes from a form; what is no colour counts as it is stored
 */
export function previewOf(
  site: PresentSite,
  i18n: I18n,
  typed: Record<string, unknown> = {}
): SitePreview {
  const textOf = (field: 'name' | 'nameEn') => {
    const value = typed[field]
    return typeof value === 'string' ? value.trim().slice(0, LONGEST_NAME) || null : site[field]
  }
  const color = readColor(typed.color)
  const shown = color ? nearestUsable(color) : (site.color ?? OUR_COLOR)
  const palette = paletteOf(shown)
  return {
    nearest: color === null || color === shown ? null : shown,
    name: siteName({ ...site, name: textOf('name'), nameEn: textOf('nameEn') }, i18n),
    themes: (['light', 'dark'] as const).map((name) => ({
      name,
      ground: GROUNDS[name].paper,
      ink: INK[name],
      accent: palette[name].accent,
      on: palette[name].on,
      around: palette[name].beam,
    })),
  }
}
