import { DateTime } from 'luxon'

/** Now, in UTC, without milliseconds: what a `datetime` column can hold. */
export function now(): DateTime {
  return DateTime.utc().startOf('second')
}

/**
 * A time as both databases store it, for the query builder, which unlike the models does
 * not convert a DateTime.
 */
export function sqlTime(time: DateTime): string {
  return time.toUTC().toFormat('yyyy-MM-dd HH:mm:ss')
}

/** The time zone of pages and mails: sites that use this are Korean, wherever they run. */
export const SITE_ZONE = 'Asia/Seoul'
