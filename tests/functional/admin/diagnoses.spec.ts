import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { cookieName } from '#auth/cookies'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { appUrl } from '#config/app'
import { providerOrigins } from '#start/env'
import { now, sqlTime } from '#time/clock'
import { GENERAL_DIAGNOSES } from '#set_up/diagnosis'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import {
  faults,
  type ConsentOptions,
  type ProviderServer,
} from '#tests/support/servers/provider_server'
import { freePort } from '#tests/support/servers/spawned_process'
import { type Language, t } from '#tests/support/texts'
import { makeProvider, PATHS, withProviders, type DriverName } from '#tests/support/trip'
import { departOn, prepareTrial, trialOf } from '#tests/support/trial'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

/** One trial that goes wrong. */
interface Trouble {
  server: ProviderServer
  admin: Administrator
  provider: Provider
  credential: ProviderCredential
}

interface Case {
  driver: DriverName
  /** The diagnosis that it must lead to. */
  key: string
  settings?: Partial<Provider>
  consent?: ConsentOptions
  /** What is wrong before the trial begins. */
  before?: (trouble: Trouble) => unknown
  /** What goes wrong while the person is at the provider. */
  meanwhile?: (trouble: Trouble) => unknown
  /** What becomes of the callback's address. */
  callback?: (url: URL) => void
  /** The words of the provider's own page, where nobody comes back. */
  page?: string
  /** What stands in place of `{code}`, as an expression. */
  code?: string
}

const appOf = ({ server, credential }: Trouble, driver: DriverName) =>
  server[driver].appOf(credential.clientId)!
const nowhere = (trouble: Trouble, driver: DriverName) => {
  Object.assign(appOf(trouble, driver), { anyLoopbackRedirect: false })
}
const wrongSecret = (trouble: Trouble, driver: DriverName) => {
  appOf(trouble, driver).clientSecrets = ['another secret']
}
const apiAt = (driver: DriverName, origin: string) => {
  providerOrigins[`${driver.toUpperCase()}_API_ORIGIN`] = origin
}

const CASES: Case[] = [
  {
    driver: 'kakao',
    key: 'kakao.sign_up_incomplete',
    before: (trouble) => Object.assign(appOf(trouble, 'kakao'), { linksAutomatically: false }),
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE004',
    before: (trouble) => Object.assign(appOf(trouble, 'kakao'), { refusal: 'KOE004' }),
    page: 'KOE004',
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE005',
    before: (trouble) => Object.assign(appOf(trouble, 'kakao'), { refusal: 'KOE005' }),
    page: 'KOE005',
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE006',
    before: (trouble) => nowhere(trouble, 'kakao'),
    page: 'KOE006',
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE101',
    before: ({ server }) => server.kakao.reset(),
    page: 'KOE101',
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE205',
    settings: { scopes: ['account_email', 'gender'] },
    page: 'KOE205',
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE010',
    before: (trouble) => wrongSecret(trouble, 'kakao'),
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE237',
    meanwhile: ({ server }) =>
      server.spoil(
        PATHS.kakao.token,
        faults.json(
          {
            error: 'invalid_request',
            error_description: 'token request rate limit exceeded',
            error_code: 'KOE237',
          },
          400
        )
      ),
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE303',
    meanwhile: ({ server }) =>
      server.spoil(
        PATHS.kakao.token,
        faults.json(
          {
            error: 'invalid_grant',
            error_description: 'Redirect URI mismatch.',
            error_code: 'KOE303',
          },
          400
        )
      ),
  },
  {
    driver: 'kakao',
    key: 'kakao.KOE320',
    callback: (url) => url.searchParams.set('code', 'invented'),
  },
  { driver: 'kakao', key: 'kakao.-401', consent: { mishap: 'profile_refused' } },
  { driver: 'kakao', key: 'kakao.missing_fields', consent: { agree: ['name'] } },
  {
    driver: 'naver',
    key: 'naver.error_page',
    before: (trouble) => nowhere(trouble, 'naver'),
    page: t('sandbox.refused_naver', { app: '' }),
  },
  {
    driver: 'naver',
    key: 'naver.secret_refused',
    before: (trouble) => wrongSecret(trouble, 'naver'),
  },
  {
    driver: 'naver',
    key: 'naver.code_refused',
    callback: (url) => url.searchParams.set('code', 'invented'),
  },
  { driver: 'naver', key: 'naver.024', consent: { mishap: 'profile_refused' } },
  {
    driver: 'naver',
    key: 'naver.403',
    meanwhile: ({ server }) =>
      server.spoil(
        PATHS.naver.profile,
        faults.json({ errorMessage: 'Forbidden', errorCode: '403' }, 403)
      ),
  },
  {
    driver: 'naver',
    key: 'naver.429',
    meanwhile: ({ server }) => server.spoil(PATHS.naver.profile, faults.tooManyRequests(3_600)),
  },
  { driver: 'naver', key: 'naver.missing_fields', consent: { agree: ['nickname'] } },

  {
    driver: 'kakao',
    key: 'general.dns',
    meanwhile: () => apiAt('kakao', 'https://no-such-host.invalid'),
    code: '(ENOTFOUND|EAI_AGAIN)',
  },
  {
    driver: 'kakao',
    key: 'general.tls',
    /* Something answers there, but not by TLS. */
    meanwhile: ({ server }) => apiAt('kakao', server.origin.replace('http:', 'https:')),
    code: '(ERR_SSL_[A-Z_0-9]+|EPROTO)',
  },
  {
    driver: 'kakao',
    key: 'general.connection_refused',
    meanwhile: async () => apiAt('kakao', `http://127.0.0.1:${await freePort()}`),
    code: 'ECONNREFUSED',
  },
  {
    driver: 'kakao',
    key: 'general.provider_unreachable',
    meanwhile: ({ server }) => server.spoil(PATHS.kakao.profile, faults.reset, Infinity),
  },
  {
    driver: 'naver',
    key: 'general.provider_timeout',
    meanwhile: ({ server }) => server.spoil(PATHS.naver.token, faults.hang),
  },
  {
    driver: 'naver',
    key: 'general.provider_unavailable',
    consent: { mishap: 'token_5xx' },
  },
  {
    driver: 'kakao',
    key: 'general.provider_busy',
    meanwhile: ({ server }) => server.spoil(PATHS.kakao.profile, faults.tooManyRequests(60)),
  },
  { driver: 'kakao', key: 'general.answer_unreadable', consent: { mishap: 'profile_html' } },
  { driver: 'naver', key: 'general.cancelled', consent: { action: 'cancel' } },
  {
    driver: 'kakao',
    key: 'general.authorization_refused',
    consent: { action: 'error', error: 'server_error' },
    code: 'server_error',
  },
  {
    driver: 'kakao',
    key: 'general.token_refused',
    meanwhile: ({ server }) =>
      server.spoil(
        PATHS.kakao.token,
        faults.json({ error: 'misconfigured', error_code: 'KOE009' }, 400)
      ),
    code: 'KOE009',
  },
  {
    driver: 'kakao',
    key: 'general.profile_refused',
    meanwhile: ({ server }) =>
      server.spoil(PATHS.kakao.profile, faults.json({ msg: 'permission denied', code: -5 }, 403)),
    code: '-5',
  },
  {
    driver: 'naver',
    key: 'general.response_malformed',
    callback: (url) => url.searchParams.delete('code'),
  },
  {
    driver: 'kakao',
    key: 'general.another_application',
    before: ({ provider }) => provider.merge({ appRef: '1' }).save(),
  },
  {
    driver: 'naver',
    key: 'general.secret_unreadable',
    meanwhile: ({ credential }) => credential.merge({ clientSecret: 'of another key' }).save(),
  },
  {
    driver: 'naver',
    key: 'general.credential_revoked',
    meanwhile: ({ credential }) => credential.revoke(),
  },
  {
    driver: 'naver',
    key: 'general.person_changed',
    /* Away for a moment, and back before the report is looked at. */
    meanwhile: async ({ admin }) => {
      const browser = admin.cookies.get(cookieName('browser'))!
      await admin.submit(await admin.get('/'), '/user/logout')
      admin.cookies.set(cookieName('browser'), browser)
    },
  },
]

const diagnoses = (language: string): Record<string, Record<string, Record<string, string>>> =>
  JSON.parse(
    readFileSync(
      new URL(`../../../resources/lang/${language}/diagnoses.json`, import.meta.url),
      'utf8'
    )
  )

function escapeRegex(text: string) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** What a diagnosis must look like on the page, its values filled in. */
function wordsOf(language: Language, { key, code = '' }: Case, provider: Provider): RegExp[] {
  const values = {
    provider: provider.label,
    callbackUrl: callbackUrl(provider),
    appUrl,
    code: 'THE_CODE',
  }
  const [what, why, todo] = ['what', 'why', 'todo'].map((part) =>
    t(`diagnoses.${key}.${part}`, values, language)
  )
  return [what, why, ...todo.split('\n')].map(
    (text) => new RegExp(escapeRegex(text).replace('THE_CODE', code))
  )
}

test.group('What to do about a failure', (group) => {
  const world = withProviders(group)
  group.each.skip(isRunElsewhere('sqlite'), ELSEWHERE)
  const origins = { ...providerOrigins }
  group.setup(() => {
    Object.assign(origins, providerOrigins)
  })
  group.each.setup(() => {
    Object.assign(providerOrigins, origins)
  })

  for (const one of CASES) {
    for (const language of ['ko', 'en'] as const) {
      test(`${one.key} (${language})`, async ({ assert }) => {
        const { server } = world
        const { driver, settings, consent, before, meanwhile, callback, page } = one
        const provider = await makeProvider(server, driver, settings)
        const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
        const admin = await signedInAs('admin', language)
        const trouble = { server, admin, provider, credential }

        await before?.(trouble)
        const trial = await prepareTrial(admin, provider, credential)
        const departed = await departOn(admin, trial)
        if (page) {
          /* At the provider all ends on a page of its own; later the waiting page explains it. */
          assert.include(await (await fetch(departed.location)).text(), page)
          await db
            .from('sign_in_attempts')
            .where('id', (await trialOf(trial)).id)
            .update({ started_at: sqlTime(now().minus({ seconds: 21 })) })
        } else {
          const back = new URL(await server.consent(departed.location, consent))
          await meanwhile?.(trouble)
          callback?.(back)
          await admin.get(back.href)
        }

        const looker = page ? admin : await signedInAs('admin', language)
        const report = await looker.get(new URL(trial.url).pathname)
        for (const words of wordsOf(language, one, provider)) assert.match(report.words, words)
      })
    }
  }

  /* Neither Kakao nor Naver is asked for an ID token (social/openid_provider.spec.ts). */
  const TESTED_ELSEWHERE = ['general.id_token_refused']

  test('every diagnosis has words in both languages, and a test above', ({ assert }) => {
    const keys = [
      ...GENERAL_DIAGNOSES.map((name) => `general.${name}`),
      ...Object.entries(DRIVERS).flatMap(([driver, { diagnosed }]) =>
        Object.keys(diagnosed).map((name) => `${driver}.${name}`)
      ),
    ]
    assert.sameMembers([...CASES.map(({ key }) => key), ...TESTED_ELSEWHERE], keys)
    for (const language of ['ko', 'en']) {
      const told = Object.entries(diagnoses(language)).flatMap(([whose, words]) =>
        typeof words === 'string' ? [] : Object.keys(words).map((name) => `${whose}.${name}`)
      )
      assert.sameMembers(told, keys)
    }
    for (const [driver, { diagnosed, silent }] of Object.entries(DRIVERS)) {
      assert.includeMembers(Object.keys(diagnosed), [...silent], driver)
    }
  })
})
