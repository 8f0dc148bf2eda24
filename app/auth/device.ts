import type { HttpContext } from '@adonisjs/core/http'
import Bowser from 'bowser'

/** What a User-Agent header says about a device, in the names its makers use. */
export interface Device {
  browser: string | null
  system: string | null
}

/*
 * Apps that open pages in their own window: much of Korea signs in inside one, and Bowser
 * takes them for the system's browser.
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

/** @returns `null` for anything the header does not name; anyone can send any header */
export function deviceOf(userAgent: string | null): Device {
  /* Bowser throws on an empty text. */
  const { browser, os } = Bowser.parse(userAgent || '-')
  const app = APPS.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
  return {
    browser: app ?? (browser.name ? (SHORTER[browser.name] ?? browser.name) : null),
    system: os.name || null,
  }
}

/** What the browser calls itself, as much of it as the history keeps. */
export function userAgentOf(request: HttpContext['request']): string | null {
  return request.header('user-agent')?.slice(0, 255) ?? null
}
