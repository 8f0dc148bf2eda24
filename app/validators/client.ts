import vine from '@vinejs/vine'
import { CLIENT_KINDS } from '#database/enums'
import Client from '#models/oidc/client'
import { line, trimmed } from '#validators/text'

const LONGEST_NAME = 100
const LONGEST_ADDRESS = 2_000
const MOST_ADDRESSES = 20

/* Each address plus its line break; longer input is not split, and so is not a list. */
const LONGEST_LIST = MOST_ADDRESSES * (LONGEST_ADDRESS + 2)

/** What a form shows of `Client.settings`: the name under the word that every form has for it. */
export const CLIENT_CHOICES = {
  kinds: CLIENT_KINDS,
  /* Every site has `openid`. */
  scopes: Client.SCOPES.filter((scope) => scope !== 'openid'),
}

export const siteId = () => trimmed(64).regex(/^[a-z0-9][a-z0-9._-]*$/i)
export const siteName = () => line(LONGEST_NAME).minLength(1)
const address = () => vine.string().maxLength(LONGEST_ADDRESS)

const list = () => vine.array(address()).maxLength(MOST_ADDRESSES).distinct()

/** A list typed with one address a line; a field left empty is a list without any. */
const typedList = () =>
  list().parse((typed) => {
    if (typeof typed !== 'string' || typed.length > LONGEST_LIST) return typed ?? []
    return typed.split(/\s+/).filter(Boolean)
  })

/** Ticked, or typed as separate words; in one order, whatever order they came in. */
const scopes = () =>
  vine
    .array(vine.enum(Client.SCOPES))
    .parse((given) => {
      const words = [given ?? []].flat()
      const known = Client.SCOPES.filter((scope) => scope === 'openid' || words.includes(scope))
      return [...known, ...words.filter((word) => !Client.SCOPES.includes(String(word)))]
    })
    .distinct()

const checkbox = () => vine.boolean().parse((value) => value ?? false)
const link = () => trimmed(LONGEST_ADDRESS).optional()
export const whole = ({ least, most }: { least: number; most: number }) =>
  vine.number().withoutDecimals().range([least, most])

const settings = {
  label: siteName(),
  redirectUris: typedList().minLength(1),
  postLogoutRedirectUris: typedList(),
  scopes: scopes(),
  thirdParty: checkbox(),
  pairwise: checkbox(),
  homeUrl: link(),
  privacyUrl: link(),
  secondFactorOnly: checkbox(),
  closedToNewcomers: checkbox(),
  accessTokenMinutes: whole(Client.ACCESS_TOKEN_MINUTES),
  refreshTokenDays: whole(Client.REFRESH_TOKEN_DAYS),
  backchannelLogoutUri: link(),
  webhookUrl: link(),
  inside: checkbox(),
}

export const clientSettingsValidator = vine.create(settings)

export const newClientValidator = vine.create({
  siteId: siteId(),
  kind: vine.enum(CLIENT_KINDS),
  ...settings,
})

/** The same rules for `client:set`, where everything except the id may be absent. */
export const clientCommandValidator = vine.create({
  siteId: siteId(),
  kind: vine.enum(CLIENT_KINDS).optional(),
  label: siteName().optional(),
  redirectUris: list().optional(),
  postLogoutRedirectUris: list().optional(),
  scopes: vine.array(vine.enum(Client.SCOPES)).distinct().optional(),
  thirdParty: vine.boolean().optional(),
  pairwise: vine.boolean().optional(),
  homeUrl: link(),
  privacyUrl: link(),
  secondFactorOnly: vine.boolean().optional(),
  closedToNewcomers: vine.boolean().optional(),
  accessTokenMinutes: whole(Client.ACCESS_TOKEN_MINUTES).optional(),
  refreshTokenDays: whole(Client.REFRESH_TOKEN_DAYS).optional(),
  backchannelLogoutUri: link().nullable(),
  webhookUrl: link().nullable(),
  inside: vine.boolean().optional(),
})
