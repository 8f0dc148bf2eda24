import { DateTime } from 'luxon'

const UTC = { zone: 'utc' }

/** Now, in UTC, without milliseconds: what a `datetime` column can hold. */
export function now(): DateTime {
  const inMs = Date.now()
  return DateTime.fromMillis(inMs - (inMs % 1_000), UTC)
}

/**
 * A time as both databases store it, for the query builder, which unlike the models does
 * not convert a DateTime.
 */
export function sqlTime(time: DateTime): string {
  return new Date(time.toMillis()).toISOString().slice(0, 19).replace('T', ' ')
}

/** The time zone of pages and mails: sites that use this are Korean, wherever they run. */
export const SITE_ZONE = 'Asia/Seoul'
