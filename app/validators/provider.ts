import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import { DRIVERS } from '#social/drivers'
import { REQUIRABLE_FIELDS } from '#social/profile'
import { clientId, secret } from '#validators/credential'

export const DRIVER_NAMES = Object.keys(DRIVERS)
const EMAIL_POLICIES = ['never', 'own_domain', 'provider_says', 'trusted'] as const
const SYNC_PROFILE = ['always', 'first'] as const

/** What the page of the settings offers. */
export const SETTING_CHOICES = {
  requiredFields: REQUIRABLE_FIELDS,
  emailPolicy: EMAIL_POLICIES,
  syncProfile: SYNC_PROFILE,
}

export const providerKey = () =>
  vine
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)
export const LONGEST_LABEL = 60
export const providerLabel = () => vine.string().trim().minLength(1).maxLength(LONGEST_LABEL)
export const emailPolicy = () => vine.enum(EMAIL_POLICIES)
export const syncProfile = () => vine.enum(SYNC_PROFILE)

/** One ticked box arrives as text, several as a list, none not at all. */
const ticked = () =>
  vine
    .array(vine.enum(REQUIRABLE_FIELDS))
    .parse((value) => [value ?? []].flat())
    .distinct()

const checkbox = () => vine.boolean().parse((value) => value ?? false)

/** An OAuth scope-token (RFC 6749, 3.3). */
export const scope = () =>
  vine
    .string()
    .maxLength(100)
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)

export const LONGEST_SCOPES = 30

/** Typed as words apart. */
const scopes = () =>
  vine
    .array(scope())
    .parse((value) =>
      typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : (value ?? [])
    )
    .maxLength(LONGEST_SCOPES)
    .distinct()

/** Whether the driver chosen in the same form insists on a secret. */
const needsSecret = ({ parent }: FieldContext) =>
  Boolean(parent.clientId) && DRIVERS[parent.driver]?.secretOptional === false

/** Key and label fall back to the driver's; keys may follow later. */
export const newProviderValidator = vine.create({
  driver: vine.enum(DRIVER_NAMES),
  key: providerKey().optional(),
  label: providerLabel().optional(),
  clientId: clientId().optional().requiredIfExists('clientSecret'),
  clientSecret: secret().optional().requiredWhen(needsSecret),
})

export const providerSettingsValidator = vine.create({
  label: providerLabel(),
  requiredFields: ticked(),
  emailPolicy: emailPolicy(),
  allowSignUp: checkbox(),
  syncProfile: syncProfile(),
  scopes: scopes(),
  hidden: checkbox(),
  hideWhenFailing: checkbox(),
})

/** What may follow when a provider says that somebody's link has ended. */
export const ON_UNLINK = ['nothing', 'suspend', 'withdraw'] as const

export const unlinkConsequenceValidator = vine.create({ onUnlink: vine.enum(ON_UNLINK) })

/** What stands in the rows of the list. */
const publicIds = () => vine.array(vine.string().maxLength(22)).maxLength(1000)

export const providerOrderValidator = vine.create({
  ids: publicIds(),
  seen: publicIds().parse((value) => (typeof value === 'string' ? value.split(',') : value)),
  up: vine.string().maxLength(22).optional(),
  down: vine.string().maxLength(22).optional(),
})

export const adminKeyValidator = vine.create({ adminKey: secret() })

/** The same rules for `provider:set`, where everything but the key may be absent. */
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
