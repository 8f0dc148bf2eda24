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

const key = () =>
  vine
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)
const label = () => vine.string().trim().minLength(1).maxLength(60)
const emailPolicy = () => vine.enum(EMAIL_POLICIES)

/** One ticked box arrives as text, several as a list, none not at all. */
const ticked = () =>
  vine
    .array(vine.enum(REQUIRABLE_FIELDS))
    .parse((value) => [value ?? []].flat())
    .distinct()

const checkbox = () => vine.boolean().parse((value) => value ?? false)

/** Typed as words apart; each an OAuth scope-token (RFC 6749, 3.3). */
const scopes = () =>
  vine
    .array(
      vine
        .string()
        .maxLength(100)
        .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    )
    .parse((value) =>
      typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : (value ?? [])
    )
    .maxLength(30)
    .distinct()

/** Whether the driver chosen in the same form insists on a secret. */
const needsSecret = ({ parent }: FieldContext) =>
  Boolean(parent.clientId) && DRIVERS[parent.driver]?.secretOptional === false

/** Key and label fall back to the driver's; keys may follow later. */
export const newProviderValidator = vine.create({
  driver: vine.enum(DRIVER_NAMES),
  key: key().optional(),
  label: label().optional(),
  clientId: clientId().optional().requiredIfExists('clientSecret'),
  clientSecret: secret().optional().requiredWhen(needsSecret),
})

export const providerSettingsValidator = vine.create({
  label: label(),
  requiredFields: ticked(),
  emailPolicy: emailPolicy(),
  allowSignUp: checkbox(),
  syncProfile: vine.enum(SYNC_PROFILE),
  scopes: scopes(),
  position: vine.number().withoutDecimals().range([0, 9999]),
  hidden: checkbox(),
  hideWhenFailing: checkbox(),
})

/** The same rules for `provider:set`, where everything but the key may be absent. */
export const providerCommandValidator = vine.create({
  key: key(),
  driver: vine.enum(DRIVER_NAMES).optional(),
  label: label().optional(),
  emailPolicy: emailPolicy().optional(),
  requiredFields: vine.array(vine.enum(REQUIRABLE_FIELDS)).distinct().optional(),
  clientId: clientId().optional(),
  clientSecret: secret().optional(),
  adminKey: secret().optional(),
})
