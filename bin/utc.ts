/*
 * Imported first by each entry point. Lucid writes a DateTime in the zone it carries, so
 * the zone is set before any exists.
 */
import { Settings } from 'luxon'

process.env.TZ = 'UTC'
Settings.defaultZone = 'utc'
