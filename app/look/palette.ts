import { createHash } from 'node:crypto'

/**
 * The colours that follow from one: how links, buttons and rings look in the light theme
 * and in the dark one. Pure: the same colour always gives the same ones.
 */
export interface Palette {
  light: Theme
  dark: Theme
  /** For mails, whose programs show it on white or on black. */
  line: string
}

export interface Theme {
  /** Links, buttons, rings; in the light theme the colour itself. */
  accent: string
  /** The same under the pointer. */
  strong: string
  /** What is written on either. */
  on: string
  /** Behind a notice that has links. */
  wash: string
  /** The beam of the gate, and what the browser puts around the page. */
  beam: string
}

/** What `accent` is shown on, from resources/css/tokens.css (a test compares them). */
export const GROUNDS = {
  light: { paper: '#f3f1ea', surface: '#fcfbf8', sunken: '#ebe8df' },
  dark: { paper: '#15181b', surface: '#1d2125', sunken: '#262b30' },
}

/** The colour of text in either theme, likewise. */
export const INK = { light: '#22262b', dark: '#ece9e1' }

/** The colour of a site that has chosen none, likewise. */
export const OUR_COLOR = '#1b4d72'

/**
 * A colour as somebody types it, with or without `#`, in three digits or six.
 *
 * @returns it as `#rrggbb`, or `null` if it is none
 */
export function readColor(typed: unknown): string | null {
  if (typeof typed !== 'string' || typed.length > 20) return null
  const [, digits] = /^#?((?:[0-9a-f]{3}){1,2})$/.exec(typed.trim().toLowerCase()) ?? []
  if (!digits) return null
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`
}

/** WCAG 2.2, 1.4.3: for text of any size. */
export const READABLE = 4.5

/**
 * Whether a colour can be used just as it is: links in it are read on every ground of the
 * light theme. A button in it then carries white text, as white is lighter than any ground.
 *
 * @param color as `#rrggbb`
 */
export function isUsable(color: string): boolean {
  const grounds = [...Object.values(GROUNDS.light), washOf(color)]
  return grounds.every((ground) => contrast(color, ground) >= READABLE)
}

/** The lightest usable colour of the same hue; the colour itself where it is usable. */
export function nearestUsable(color: string): string {
  if (isUsable(color)) return color
  const { hue, chroma, lightness } = read(color)
  for (let darker = lightness; darker > 0; darker -= STEP) {
    const candidate = write({ hue, chroma, lightness: darker })
    if (isUsable(candidate)) return candidate
  }
  return '#000000'
}

/** @param color one that `isUsable` */
export function paletteOf(color: string): Palette {
  const own = read(color)
  const { hue } = own
  /* What is nearly black can only become lighter under the pointer. */
  const pressed = own.lightness > 0.3 ? own.lightness - 0.08 : 0.4
  const calm = Math.min(own.chroma, 0.13)
  const tint = Math.min(own.chroma, 0.04)
  return {
    light: {
      accent: color,
      strong: write({ ...own, lightness: pressed }),
      on: '#ffffff',
      wash: washOf(color),
      beam: color,
    },
    dark: {
      accent: write({ hue, chroma: calm, lightness: 0.79 }),
      strong: write({ hue, chroma: calm, lightness: 0.86 }),
      on: write({ hue, chroma: tint, lightness: 0.22 }),
      wash: write({ hue, chroma: tint, lightness: 0.29 }),
      beam: write({ hue, chroma: calm, lightness: 0.5 }),
    },
    line: write({ hue, chroma: Math.min(own.chroma, 0.1), lightness: 0.58 }),
  }
}

/** A stylesheet that puts a palette in the place of ours, in either theme. */
export function themeSheet(color: string): string {
  const { light, dark } = paletteOf(color)
  return `:root {\n${properties(light)}\n}\n\n@media (prefers-color-scheme: dark) {\n:root {\n${properties(dark)}\n}\n}\n`
}

/** The name of that stylesheet: another one as soon as it would say anything else. */
export function themeSheetName(color: string): string {
  const hash = createHash('sha256').update(themeSheet(color)).digest('base64url').slice(0, 10)
  return `${color.slice(1)}.${hash}.css`
}

/** The ratio between two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

const STEP = 0.002

const washOf = (color: string): string => {
  const { hue, chroma } = read(color)
  return write({ hue, chroma: Math.min(chroma, 0.015), lightness: 0.94 })
}

function properties({ accent, strong, on, wash, beam }: Theme): string {
  const values = {
    'accent': accent,
    'accent-strong': strong,
    'on-accent': on,
    'accent-wash': wash,
    'beam': beam,
  }
  return Object.entries(values)
    .map(([name, value]) => `  --color-${name}: ${value};`)
    .join('\n')
}

/** A colour in OKLCH (Björn Ottosson, 2020), where equal steps look equal in any hue. */
interface Oklch {
  /** From 0 to 1. */
  lightness: number
  chroma: number
  /** In radians. */
  hue: number
}

const channels = (color: string): number[] =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })

function luminance(color: string): number {
  const [red, green, blue] = channels(color)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function read(color: string): Oklch {
  const [red, green, blue] = channels(color)
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  const lightness = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short
  const a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
  const b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
  return { lightness, chroma: Math.hypot(a, b), hue: Math.atan2(b, a) }
}

/** The nearest colour that a screen can show: as it is, but paler if it must be. */
function write({ lightness, chroma, hue }: Oklch): string {
  for (let paler = chroma; paler > 0; paler -= STEP) {
    const shown = linear(lightness, paler * Math.cos(hue), paler * Math.sin(hue))
    if (shown.every((value) => value >= -0.0001 && value <= 1.0001)) return hexOf(shown)
  }
  return hexOf(linear(lightness, 0, 0))
}

function linear(lightness: number, a: number, b: number): number[] {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ]
}

function hexOf(values: number[]): string {
  const digits = values.map((value) => {
    const bounded = Math.min(1, Math.max(0, value))
    const shown = bounded <= 0.0031308 ? bounded * 12.92 : 1.055 * bounded ** (1 / 2.4) - 0.055
    return Math.round(shown * 255)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${digits.join('')}`
}
