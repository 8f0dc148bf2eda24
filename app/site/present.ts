import type { HttpContext } from '@adonisjs/core/http'
import { isStorageFailure } from '#exceptions/storage_failure'
import { OUR_COLOR, paletteOf, themeSheetName } from '#look/palette'
import Site, { type SiteSettings } from '#models/site/site'
import { presentDocuments, type PresentDocument } from '#site/documents'

/** This site as pages and flows need it: its settings and what else hangs on its row. */
export interface PresentSite extends Readonly<SiteSettings> {
  /** `null` while nobody has decided anything. */
  readonly version: string | null
  /** What every member must have agreed to (`Document.duties`). */
  readonly duties: string | null
  readonly documents: readonly PresentDocument[]
  readonly look: SiteLook
}

/** What follows from the site's colour. */
export interface SiteLook {
  /** Where the stylesheet with its colours is; `null` while ours hold. */
  readonly sheet: string | null
  /** What a browser puts around a page, in either theme. */
  readonly around: { readonly light: string; readonly dark: string }
  readonly mail: { readonly button: string; readonly line: string }
}

const UNDECIDED: PresentSite = {
  ...Site.DEFAULTS,
  version: null,
  duties: null,
  documents: [],
  look: lookOf(null),
}

/* The last that was read. Another version in the row makes it worthless. */
let kept: PresentSite = UNDECIDED

/**
 * This site as it is now, in every process: its version is compared with each request,
 * and the rest is read only when that has changed.
 *
 * @param version from a read that this request needed anyway; without one it is read here
 */
export async function presentSite(version?: string | null): Promise<PresentSite> {
  const present = version === undefined ? await Site.presentVersion() : version
  if (present === null) return UNDECIDED
  if (kept.version !== present) kept = await read()
  return kept
}

async function read(): Promise<PresentSite> {
  const site = await Site.present()
  if (!site.version) return UNDECIDED
  const { settings, version, duties } = site
  return {
    ...settings,
    version,
    duties,
    documents: await presentDocuments(),
    look: lookOf(site.color),
  }
}

function lookOf(color: string | null): SiteLook {
  const { light, dark, line } = paletteOf(color ?? OUR_COLOR)
  return {
    sheet: color && `/theme/${themeSheetName(color)}`,
    around: { light: light.beam, dark: dark.beam },
    mail: { button: light.accent, line },
  }
}

interface Reading {
  version?: string | null
  site?: Promise<PresentSite>
}

const readings = new WeakMap<HttpContext, Reading>()

/** Keeps the version that came along with a read of this request. */
export function noteSiteVersion(ctx: HttpContext, version: string | null) {
  readings.set(ctx, { ...readings.get(ctx), version })
}

/**
 * The same for a request, at most once: what it began with holds to its end. A page that
 * says that the storage cannot be reached is shown with what was read last.
 */
export function siteFor(ctx: HttpContext): Promise<PresentSite> {
  const reading = readings.get(ctx) ?? {}
  reading.site ??= presentSite(reading.version).catch((error: unknown) => {
    if (isStorageFailure(error)) return kept
    throw error
  })
  readings.set(ctx, reading)
  return reading.site
}
