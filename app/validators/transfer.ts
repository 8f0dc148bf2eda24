import vine from '@vinejs/vine'
import { CLIENT_KINDS, ON_UNLINK } from '#database/enums'
import Client from '#models/oidc/client'
import Document from '#models/site/document'
import { REQUIRABLE_FIELDS } from '#protocol/person'
import { siteId, siteName, whole } from '#validators/client'
import { clientId, secret } from '#validators/credential'
import { documentKey, documentText, documentTitle } from '#validators/document'
import {
  emailPolicy,
  LONGEST_SCOPES,
  providerKey,
  providerLabel,
  scope,
  syncProfile,
} from '#validators/provider'
import { siteSettingsRecord, webAddress } from '#validators/site'

export const SHORTEST_PASSPHRASE = 12
const LONGEST_PASSPHRASE = 200

/** In characters; about a hundred providers. */
export const LONGEST_FILE = 100_000

/* The sealed file: JSON within JSON, plus a third for base64. */
const LONGEST_PLAN = 4 * LONGEST_FILE

const passphrase = () => vine.string().minLength(SHORTEST_PASSPHRASE).maxLength(LONGEST_PASSPHRASE)

export const exportValidator = vine.create({
  withSecrets: vine.boolean().parse((value) => value ?? false),
  passphrase: passphrase().optional().requiredIfExists('withSecrets'),
  passphraseAgain: vine
    .string()
    .maxLength(LONGEST_PASSPHRASE)
    .sameAs('passphrase')
    .optional()
    .requiredIfExists(['withSecrets', 'passphrase']),
})

export const importValidator = vine.create({
  file: vine.string().maxLength(LONGEST_FILE),
  passphrase: vine.string().maxLength(LONGEST_PASSPHRASE).optional(),
})

export const importedPlanValidator = vine.create({
  plan: vine.string().maxLength(LONGEST_PLAN),
  replaceSandbox: vine.boolean().parse((value) => value ?? false),
})

/*
 * A file is complete: anything it omits must not silently become "no". Only what the
 * first files did not have may be absent, and then stays as it is.
 */
const flag = () => vine.boolean({ strict: true })

/** What the file holds for each provider, as `ProviderRecord`. */
const record = vine.object({
  key: providerKey(),
  driver: vine.string().maxLength(40),
  enabled: flag(),
  onUnlink: vine.enum(ON_UNLINK).optional(),
  settings: vine.object({
    label: providerLabel(),
    hidden: flag(),
    scopes: vine.array(scope()).maxLength(LONGEST_SCOPES).distinct(),
    requiredFields: vine.array(vine.enum(REQUIRABLE_FIELDS)).distinct(),
    emailPolicy: emailPolicy(),
    allowSignUp: flag(),
    syncProfile: syncProfile(),
    hideWhenFailing: flag(),
  }),
})

const address = () => vine.string().maxLength(2_000)

/** What the file holds for each connected site, as `ClientRecord`. */
const client = vine.object({
  clientId: siteId(),
  kind: vine.enum(CLIENT_KINDS),
  settings: vine.object({
    name: siteName(),
    redirectUris: vine.array(address()).minLength(1).maxLength(20).distinct(),
    postLogoutRedirectUris: vine.array(address()).maxLength(20).distinct(),
    scopes: vine.array(vine.enum(Client.SCOPES)).distinct(),
    thirdParty: flag(),
    pairwise: flag(),
    homeUrl: address().nullable(),
    privacyUrl: address().nullable(),
    secondFactorOnly: flag(),
    closedToNewcomers: flag(),
    accessTokenMinutes: whole(Client.ACCESS_TOKEN_MINUTES),
    refreshTokenDays: whole(Client.REFRESH_TOKEN_DAYS),
    /* Files from before sites were told anything have none of these. */
    backchannelLogoutUri: address().nullable().optional(),
    webhookUrl: address().nullable().optional(),
    inside: flag().optional(),
  }),
})

/** What the file holds for each document, as `DocumentRecord`. */
const siteDocument = vine.object({
  key: documentKey(),
  settings: vine.object({
    title: documentTitle(),
    titleEn: documentTitle().nullable(),
    required: flag(),
    enabled: flag(),
  }),
  contents: vine.object({ url: webAddress().nullable(), text: documentText().nullable() }),
})

const base64url = () =>
  vine
    .string()
    .maxLength(200_000)
    .regex(/^[\w-]{16,}$/)

export const documentValidator = vine.create({
  exportedAt: vine.string().maxLength(40),
  site: vine.string().maxLength(300),
  providers: vine.array(record).maxLength(200),
  clients: vine.array(client).maxLength(200).optional(),
  documents: vine.array(siteDocument).maxLength(Document.MOST).optional(),
  identity: siteSettingsRecord().optional(),
  secrets: vine
    .object({ salt: base64url(), iv: base64url(), check: base64url(), sealed: base64url() })
    .optional(),
})

/** What is sealed in the file for each provider, as `ProviderSecrets`. */
export const secretsValidator = vine.create({
  secrets: vine.array(
    vine.object({
      key: providerKey(),
      keys: vine.object({ clientId: clientId(), clientSecret: secret().nullable() }).nullable(),
      adminKey: secret().nullable(),
    })
  ),
})
