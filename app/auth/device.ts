import type { HttpContext } from '@adonisjs/core/http'
import Bowser from 'bowser'

/** What a User-Agent header says of a device, by the names their makers use. */
export interface Device {
  browser: string | null
  system: string | null
}

/*
 * Apps that open pages in a window of their own: much of Korea signs in inside
 * one, and Bowser takes them for the system's browser.
 */
const APPS: [RegExp, string][] = [
  [/KAKAOTALK/i, 'KakaoTalk'],
  [/NAVER\(inapp/i, 'NAVER'],
  [/\bLine\//, 'LINE'],
  [/Instagram/, 'Instagram'],
  [/FBAN|FBAV/, 'Facebook'],
]

const SHORTER: Record<string, string> = {
  'Microsoft Edge': 'Edge',
  'NAVER Whale Browser': 'Whale',
  'Samsung Internet for Android': 'Samsung Internet',
}

/** @returns `null` for what it does not name; anyone can send any header */
export function deviceOf(userAgent: string | null): Device {
  /* Bowser refuses an empty text. */
  const { browser, os } = Bowser.parse(userAgent || '-')
  const app = APPS.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
  return {
    browser: app ?? (browser.name ? (SHORTER[browser.name] ?? browser.name) : null),
    system: os.name || null,
  }
}

/** What the browser calls itself, as far as the history keeps it. */
export function userAgentOf(request: HttpContext['request']): string | null {
  return request.header('user-agent')?.slice(0, 255) ?? null
}
