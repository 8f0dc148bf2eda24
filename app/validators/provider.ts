import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import { EMAIL_POLICIES, ON_UNLINK, SYNC_PROFILE } from '#database/enums'
import { DRIVERS, unknownScopes } from '#protocol/drivers'
import { REQUIRABLE_FIELDS } from '#protocol/person'
import { clientId, secret } from '#validators/credential'
import { line, trimmed } from '#validators/text'

export const DRIVER_NAMES = Object.keys(DRIVERS)

/** The choices on the settings page. */
export const SETTING_CHOICES = {
  requiredFields: REQUIRABLE_FIELDS,
  emailPolicy: EMAIL_POLICIES,
  syncProfile: SYNC_PROFILE,
}

const LONGEST_KEY = 40

export const providerKey = () => trimmed(LONGEST_KEY).regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)
export const LONGEST_LABEL = 60
export const providerLabel = () => line(LONGEST_LABEL).minLength(1)
export const emailPolicy = () => vine.enum(EMAIL_POLICIES)
export const syncProfile = () => vine.enum(SYNC_PROFILE)

/** One ticked box arrives as text, several as a list, none not at all. */
const ticked = () =>
  vine
    .array(vine.enum(REQUIRABLE_FIELDS))
    .parse((value) => [value ?? []].flat())
    .distinct()

const checkbox = () => vine.boolean().parse((value) => value ?? false)

const LONGEST_SCOPE = 100

/** An OAuth scope-token (RFC 6749, 3.3). */
export const scope = () =>
  vine
    .string()
    .maxLength(LONGEST_SCOPE)
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)

export const LONGEST_SCOPES = 30

/* Each scope plus a separator; longer input is not split, and so is not a list. */
const LONGEST_TYPED_SCOPES = LONGEST_SCOPES * (LONGEST_SCOPE + 1)

const wordsOf = (typed: unknown) =>
  typeof typed === 'string' && typed.length <= LONGEST_TYPED_SCOPES
    ? typed.split(/[\s,]+/).filter(Boolean)
    : typed

/**
 * A provider may give an application items of its own, so someone who confirms that with
 * the form's `scopesChecked` box is believed.
 */
const takenBy = vine.createRule((value, _options, field) => {
  const { driver, scopes: kept } = field.meta as SettingsMeta
  const known = DRIVERS[driver].scopes
  const unknown = unknownScopes(driver, value as string[])
  if (unknown.every((one) => kept.includes(one))) return
  if (known.length > 0 && String(field.parent.scopesChecked) === 'true') return
  field.report('No such scope', known.length > 0 ? 'unknown' : 'none_taken', field, {
    unknown: unknown.join(', '),
    known: known.join(', '),
  })
})

/** Typed as separate words. */
const scopes = () =>
  vine
    .array(scope())
    .parse((value) => wordsOf(value) ?? [])
    .maxLength(LONGEST_SCOPES)
    .distinct()
    .use(takenBy())

/** Whether the driver chosen in the same form requires a secret. */
const needsSecret = ({ parent }: FieldContext) => DRIVERS[parent.driver]?.secretOptional === false

/** Key and label default to the driver's. */
export const newProviderValidator = vine.create({
  driver: vine.enum(DRIVER_NAMES),
  key: providerKey().optional(),
  label: providerLabel().optional(),
  clientId: clientId(),
  clientSecret: secret().optional().requiredWhen(needsSecret),
})

/** The provider that the settings belong to, with the scopes it is already sent. */
interface SettingsMeta extends Record<string, unknown> {
  driver: string
  scopes: readonly string[]
}

export const providerSettingsValidator = vine.withMetaData<SettingsMeta>().create({
  label: providerLabel(),
  requiredFields: ticked(),
  emailPolicy: emailPolicy(),
  allowSignUp: checkbox(),
  syncProfile: syncProfile(),
  scopes: scopes(),
  hidden: checkbox(),
  hideWhenFailing: checkbox(),
})

export const unlinkConsequenceValidator = vine.create({ onUnlink: vine.enum(ON_UNLINK) })

/** Longest id in the rows of the list. */
const LONGEST_ID = 22
const MOST_IDS = 1000
const publicIds = () => vine.array(vine.string().maxLength(LONGEST_ID)).maxLength(MOST_IDS)

export const providerOrderValidator = vine.create({
  ids: publicIds(),
  /* `Provider.orderVersion`. */
  version: vine.string().maxLength(MOST_IDS * (LONGEST_ID + 1)),
  up: vine.string().maxLength(LONGEST_ID).optional(),
  down: vine.string().maxLength(LONGEST_ID).optional(),
})

export const adminKeyValidator = vine.create({ adminKey: secret() })

/** The same rules for `provider:set`, where everything except the key may be absent. */
export const providerCommandValidator = vine.create({
  key: providerKey(),
  driver: vine.enum(DRIVER_NAMES).optional(),
  label: providerLabel().optional(),
  emailPolicy: emailPolicy().optional(),
  requiredFields: vine.array(vine.enum(REQUIRABLE_FIELDS)).distinct().optional(),
  clientId: clientId().optional(),
  clientSecret: secret().optional(),
  adminKey: secret().optional(),
})
