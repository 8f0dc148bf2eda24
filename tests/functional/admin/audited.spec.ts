import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
import db from '@adonisjs/lucid/services/db'
import { TickSetUpStep } from '#actions/providers/tick_set_up_step'
import { JOB } from '#audit/actor'
import type { AuditAction } from '#audit/actions'
import AuditEntry from '#models/audit_entry'
import { now, sqlTime } from '#time/clock'
import OutgoingMail from '#models/outgoing_mail'
import type Provider from '#models/provider'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import ClientSecret from '#models/oidc/client_secret'
import Revocation from '#models/revocation'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aDocument } from '#tests/support/sites/documents'
import { emptyDatabase } from '#tests/support/database'
import { linkTo, signedInMember } from '#tests/support/people/member'
import { aCredential, aProvider } from '#tests/support/providers'
import { aSite, CALLBACK } from '#tests/support/sites/site'
import { setUp } from '#tests/support/people/second_factor'
import { makeUser } from '#tests/support/trip'
import type { Page } from '#tests/support/visitor'

/** An administrator, and the page whose token their forms carry. */
interface Desk {
  admin: Administrator
  page: Page
  provider: Provider
  press: (path: string, fields?: Record<string, string>) => Promise<Page>
}

interface Deed {
  writes: AuditAction
  /** Does what the route is for, and succeeds. */
  does: (desk: Desk) => Promise<unknown>
}

/**
 * What each form of the administration does, and under which name the audit
 * knows it. A route that changes nothing says here why it needs no entry.
 */
const DEEDS: Record<string, Deed | { needsNone: string }> = {
  '/admin/providers/create': {
    writes: 'provider.created',
    does: ({ press }) =>
      press('/admin/providers/create', { driver: 'kakao', key: 'another', clientId: 'another-id' }),
  },
  '/admin/providers/:id/settings': {
    writes: 'provider.changed',
    does: async ({ admin, provider, press }) => {
      const path = `/admin/providers/${provider.publicId}/settings`
      const version = (await admin.get(path)).fieldValue('version')!
      await press(path, {
        version,
        label: '다른 이름',
        emailPolicy: 'never',
        syncProfile: 'always',
        position: '1',
      })
    },
  },
  '/admin/providers/:id/activation': {
    writes: 'provider.enabled',
    does: ({ press, provider }) => press(`/admin/providers/${provider.publicId}/activation`),
  },
  '/admin/providers/:id/activation/end': {
    writes: 'provider.disabled',
    does: async ({ press, provider }) => {
      await provider.merge({ enabled: true }).save()
      await press(`/admin/providers/${provider.publicId}/activation/end`)
    },
  },
  '/admin/providers/:id/credentials/create': {
    writes: 'credential.added',
    does: ({ admin, provider }) =>
      admin.fillIn(`/admin/providers/${provider.publicId}/credentials/create`, {
        clientId: 'first-client-id',
        clientSecret: 'a-new-secret-value',
      }),
  },
  '/admin/credentials/:id/activation': {
    writes: 'credential.activated',
    does: async ({ admin, press, provider }) => {
      const credential = await aCredential(provider)
      const page = await admin.get(`/admin/providers/${provider.publicId}`)
      const version = page.fieldValue('version')!
      await press(`/admin/credentials/${credential.publicId}/activation`, { version })
    },
  },
  '/admin/credentials/:id/revocation': {
    writes: 'credential.revoked',
    does: async ({ admin, provider }) => {
      const credential = await aCredential(provider)
      await admin.fillIn(`/admin/credentials/${credential.publicId}/revocation`, {})
    },
  },
  '/admin/providers/order': {
    writes: 'provider.reordered',
    does: async ({ admin, provider }) => {
      const another = await aProvider({ key: 'another', driver: 'kakao' })
      const page = await admin.get('/admin/providers')
      const fields = new URLSearchParams({ _csrf: page.csrf, version: page.fieldValue('version')! })
      for (const { publicId } of [another, provider]) fields.append('ids[]', publicId)
      await admin.request('/admin/providers/order', { method: 'POST', body: fields })
    },
  },
  '/admin/providers/:id/notices': {
    writes: 'provider.changed',
    does: ({ admin, provider }) =>
      admin.fillIn(`/admin/providers/${provider.publicId}/notices`, {
        onUnlink: 'suspend',
        version: 'nothing',
      }),
  },
  '/admin/providers/:id/steps/:step': {
    writes: 'provider.step_ticked',
    does: ({ press, provider }) => press(`/admin/providers/${provider.publicId}/steps/review`),
  },
  '/admin/providers/:id/steps/:step/undo': {
    writes: 'provider.step_ticked',
    does: async ({ press, provider }) => {
      await new TickSetUpStep().handle(provider, 'review', true, JOB)
      await AuditEntry.query().delete()
      await press(`/admin/providers/${provider.publicId}/steps/review/undo`)
    },
  },
  '/admin/providers/:id/auto_hiding/end': {
    writes: 'provider.offered_again',
    does: async ({ press, provider }) => {
      await provider.merge({ autoHiddenAt: now(), autoHiddenFor: 'provider_busy' }).save()
      await press(`/admin/providers/${provider.publicId}/auto_hiding/end`)
    },
  },
  '/admin/providers/:id/rotation': {
    writes: 'credential.added',
    does: ({ admin, provider }) =>
      admin.fillIn(`/admin/providers/${provider.publicId}/rotation`, {
        clientId: 'first-client-id',
        clientSecret: 'a-new-secret-value',
      }),
  },
  '/admin/providers/:id/practice_keys': {
    writes: 'credential.added',
    does: async ({ press }) => {
      const practice = await aProvider({
        key: 'practice',
        sandbox: true,
        clientId: 'sandboxNaverClient01',
        clientSecret: 'sandboxOne',
      })
      await practice.load('credentials')
      const version = practice.keysVersion
      await press(`/admin/providers/${practice.publicId}/practice_keys`, { version })
    },
  },
  '/admin/providers/:id/admin_key': {
    writes: 'provider.changed',
    does: async ({ press }) => {
      const { publicId, adminKeyVersion: version } = await aKakaoProvider()
      const adminKey = 'an-admin-key-0123456789'
      await press(`/admin/providers/${publicId}/admin_key`, { version, adminKey })
    },
  },
  '/admin/providers/:id/admin_key/remove': {
    writes: 'provider.changed',
    does: async ({ press }) => {
      const provider = await aKakaoProvider()
      provider.keepAdminKey('an-admin-key-0123456789')
      const { publicId, adminKeyVersion: version } = await provider.save()
      await press(`/admin/providers/${publicId}/admin_key/remove`, { version })
    },
  },
  '/admin/credentials/:id/checks': {
    needsNone: 'asks the provider whether the keys are right, and notes the answer beside them',
  },
  '/admin/credentials/:id/trials': {
    needsNone: 'opens the report of a trial, which says who made it',
  },
  '/admin/trials/:id/departures': {
    needsNone: 'sends the administrator to the provider; a trial writes nothing but its report',
  },
  '/admin/site': {
    writes: 'site.changed',
    does: ({ admin }) => admin.fillIn('/admin/site', { name: '달빛책방' }),
  },
  '/admin/site/documents/create': {
    writes: 'document.added',
    does: ({ admin }) =>
      admin.fillIn('/admin/site/documents/create', { key: 'terms', title: '약관', text: '제1조' }),
  },
  '/admin/site/documents/:id': {
    writes: 'document.changed',
    does: async ({ admin }) => admin.fillIn(await aDocumentPage(), { title: '새 약관' }),
  },
  '/admin/site/documents/:id/versions': {
    writes: 'document.version_added',
    does: async ({ admin }) => {
      const page = await aDocumentPage()
      await admin.press(page, `${page}/versions`, { text: '제1조 고침' })
    },
  },
  '/admin/site/documents/agreements': {
    writes: 'agreements.exported',
    does: ({ press }) => press('/admin/site/documents/agreements'),
  },
  '/admin/site/documents/age': {
    writes: 'site.changed',
    does: ({ press }) => press('/admin/site/documents/age', { ageQuestion: 'true' }),
  },
  '/admin/site/documents/order': {
    writes: 'document.reordered',
    does: async ({ press }) => {
      const { publicId } = await aDocument('terms')
      await aDocument('privacy')
      await AuditEntry.query().delete()
      await press('/admin/site/documents/order', { down: publicId })
    },
  },
  '/admin/security/second_factor': {
    writes: 'site.changed',
    does: async ({ admin }) => {
      await setUp(admin)
      await admin.press('/admin/security', '/admin/security/second_factor')
    },
  },
  '/admin/security/second_factor/end': {
    writes: 'site.changed',
    does: async ({ admin }) => {
      await setUp(admin)
      await admin.press('/admin/security', '/admin/security/second_factor')
      await AuditEntry.query().where('action', 'site.changed').delete()
      await admin.press('/admin/security', '/admin/security/second_factor/end')
    },
  },
  '/admin/transfer/export': {
    writes: 'providers.exported',
    does: ({ press }) => press('/admin/transfer/export'),
  },
  '/admin/transfer/import': {
    needsNone: 'shows what a file would change, and writes nothing',
  },
  '/admin/transfer/import/apply': {
    writes: 'providers.imported',
    does: async ({ press, provider }) => {
      const { text: file } = await press('/admin/transfer/export')
      await provider.merge({ label: '그사이 바뀐 이름' }).save()
      await AuditEntry.query().delete()
      const plan = await press('/admin/transfer/import', { file })
      await press('/admin/transfer/import/apply', { plan: plan.fieldValue('plan')! })
    },
  },
  '/admin/revocations/:id/retry': {
    writes: 'revocation.retried',
    does: async ({ press, provider }) =>
      press(`/admin/revocations/${(await aStuckLink(provider)).publicId}/retry`),
  },
  '/admin/revocations/:id/drop': {
    writes: 'revocation.dropped',
    does: async ({ press, provider }) =>
      press(`/admin/revocations/${(await aStuckLink(provider)).publicId}/drop`),
  },
  '/admin/site_messages/:id/retry': {
    writes: 'site_message.sent_again',
    does: async ({ press }) => press(`/admin/site_messages/${(await aMessage()).publicId}/retry`),
  },
  '/admin/site_messages/:id/drop': {
    writes: 'site_message.dropped',
    does: async ({ press }) => press(`/admin/site_messages/${(await aMessage()).publicId}/drop`),
  },
  '/admin/clients/:id/webhook_secret': {
    writes: 'client.webhook_secret_added',
    does: async ({ press }) => press(`${await aSitePage()}/webhook_secret`),
  },
  '/admin/clients/:id/webhook': {
    writes: 'client.webhook_on',
    does: async ({ press }) => {
      const page = await aSitePage()
      await Client.query().update({ webhookOffAt: sqlTime(now()) })
      await press(`${page}/webhook`)
    },
  },
  '/admin/clients/:id/webhook/end': {
    writes: 'client.webhook_off',
    does: async ({ press }) => press(`${await aSitePage()}/webhook/end`),
  },
  '/admin/mails/:id/retry': {
    writes: 'mail.retried',
    does: async ({ press }) => press(`/admin/mails/${(await aMail()).publicId}/retry`),
  },
  '/admin/mails/:id/drop': {
    writes: 'mail.dropped',
    does: async ({ press }) => press(`/admin/mails/${(await aMail()).publicId}/drop`),
  },
  '/admin/mails/trial': {
    writes: 'mail.tried',
    does: async ({ press }) => press('/admin/mails/trial'),
  },
  '/admin/users/:id/suspension': {
    writes: 'user.suspended',
    does: async ({ press }) => {
      const { publicId, version } = await makeUser()
      await press(`/admin/users/${publicId}/suspension`, { version })
    },
  },
  '/admin/users/:id/suspension/end': {
    writes: 'user.restored',
    does: async ({ press }) => {
      const { publicId, version } = await makeUser({ suspendedAt: now() })
      await press(`/admin/users/${publicId}/suspension/end`, { version })
    },
  },
  '/admin/users/:id/administrator': {
    writes: 'administrator.promoted',
    does: async ({ press }) => {
      const { publicId, version } = await makeUser()
      await press(`/admin/users/${publicId}/administrator`, { version })
    },
  },
  '/admin/users/:id/administrator/end': {
    writes: 'administrator.demoted',
    does: async ({ press }) => {
      const { publicId, version } = await makeUser({ role: 'admin' })
      await press(`/admin/users/${publicId}/administrator/end`, { version })
    },
  },
  '/admin/users/:id/devices/sign_out': {
    writes: 'user.signed_out',
    does: async ({ press }) => {
      const { user } = await signedInMember()
      await press(`/admin/users/${user.publicId}/devices/sign_out`)
    },
  },
  '/admin/clients/create': {
    writes: 'client.created',
    does: ({ press }) =>
      press('/admin/clients/create', {
        siteId: 'shop',
        kind: 'server',
        label: '가게',
        redirectUris: CALLBACK,
        accessTokenMinutes: '60',
        refreshTokenDays: '30',
      }),
  },
  '/admin/clients/:id/settings': {
    writes: 'client.changed',
    does: async ({ admin }) => {
      const fields = { label: '다른 이름', redirectUris: CALLBACK }
      const lives = { accessTokenMinutes: '60', refreshTokenDays: '30' }
      await admin.fillIn(`${await aSitePage()}/settings`, { ...fields, ...lives })
    },
  },
  '/admin/clients/:id/activation': {
    writes: 'client.enabled',
    does: async ({ press }) => {
      const page = await aSitePage()
      await Client.query().update({ disabledAt: sqlTime(now()) })
      await press(`${page}/activation`)
    },
  },
  '/admin/clients/:id/activation/end': {
    writes: 'client.disabled',
    does: async ({ press }) => press(`${await aSitePage()}/activation/end`),
  },
  '/admin/clients/:id/deletion': {
    writes: 'client.deleted',
    does: async ({ press }) => press(`${await aSitePage()}/deletion`),
  },
  '/admin/clients/:id/secrets': {
    writes: 'client.secret_added',
    does: async ({ admin }) => admin.fillIn(`${await aSitePage()}/secrets`, { grace: '24h' }),
  },
  '/admin/clients/:id/secrets/roll_back': {
    writes: 'client.secret_rolled_back',
    does: async ({ admin }) => {
      const desk = `${await aSitePage()}/secrets`
      await admin.fillIn(desk, { grace: '24h' })
      await admin.press(desk, `${desk}/roll_back`)
    },
  },
  '/admin/clients/:id/trials': {
    needsNone: 'sends the administrator to sign in there; a trial leaves nothing behind',
  },
  '/admin/client_secrets/:id/revocation': {
    writes: 'client.secret_revoked',
    does: async ({ admin }) => {
      await aSitePage()
      const { publicId } = await ClientSecret.firstOrFail()
      await admin.fillIn(`/admin/client_secrets/${publicId}/revocation`, {})
    },
  },
  '/admin/signing_keys': {
    writes: 'signing_key.added',
    does: ({ press }) => press('/admin/signing_keys', { after: '24h' }),
  },
  '/admin/audit/export': {
    writes: 'audit.exported',
    does: ({ press }) => press('/admin/audit/export'),
  },
}

const aKakaoProvider = () =>
  aProvider({ key: 'kakao', driver: 'kakao', clientId: 'a-kakao-client-id' })

/** A link that has ended here, and that its provider could not be asked to end. */
async function aStuckLink(provider: Provider): Promise<Revocation> {
  const person = await makeUser()
  const identity = await linkTo(person, provider)
  await identity.load('provider')
  await db.transaction((trx) => Revocation.queue(identity, { cause: 'disconnected', person }, trx))
  const revocation = await Revocation.firstOrFail()
  return revocation.merge({ tries: 1 }).save()
}

/** The page of a site that is registered already. */
async function aSitePage() {
  await aSite()
  await AuditEntry.query().delete()
  return `/admin/clients/${(await Client.firstOrFail()).publicId}`
}

async function aDocumentPage() {
  const { publicId } = await aDocument('terms')
  await AuditEntry.query().delete()
  return `/admin/site/documents/${publicId}`
}

async function aMessage() {
  await aSitePage()
  const client = await Client.firstOrFail()
  const word = { client, kind: 'member.changed', member: 'somebody' } as const
  await db.transaction((trx) => SiteMessage.queue([word], trx))
  return SiteMessage.firstOrFail()
}

const aMail = () =>
  OutgoingMail.queue({
    template: 'reset_password',
    to: 'minjun@example.com',
    locale: 'ko',
    data: { url: 'http://localhost/link' },
  })

function formsOfTheAdministration(): string[] {
  return Object.values(router.toJSON())
    .flat()
    .filter(({ methods, pattern }) => !methods.includes('GET') && pattern.startsWith('/admin'))
    .map(({ pattern }) => pattern)
}

test.group('Everything administrators change', (group) => {
  group.each.setup(emptyDatabase)

  test('is in this list, form by form', ({ assert }) => {
    assert.isAbove(formsOfTheAdministration().length, 10)
    assert.sameMembers(formsOfTheAdministration(), Object.keys(DEEDS))
  })

  for (const [route, deed] of Object.entries(DEEDS)) {
    if ('needsNone' in deed) continue
    test(`is written down: ${route}`, async ({ assert }) => {
      const admin = await signedInAs('admin')
      const page = await admin.get('/admin/users')
      const provider = await aProvider()
      const press: Desk['press'] = (path, fields) => admin.submit(page, path, fields)
      await deed.does({ admin, page, provider, press })

      const entries = await AuditEntry.query().preload('actor')
      assert.include(
        entries.map(({ action }) => action),
        deed.writes
      )
      assert.isTrue(entries[0].actor.isAdmin)
      assert.equal(entries[0].ip, '127.0.0.1')
      const shown = await admin.get('/admin/audit')
      assert.notInclude(shown.words, deed.writes)
    })
  }

  test('stays unwritten when it did not happen', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const provider = await aProvider({ enabled: true })
    const mail = await aMail()
    await OutgoingMail.query()
      .where('id', mail.id)
      .update({ sentAt: sqlTime(now()) })
    const page = await admin.get('/admin/users')
    for (const path of [
      `/admin/providers/${provider.publicId}/activation`,
      `/admin/mails/${mail.publicId}/drop`,
      '/admin/users/AAAAAAAAAAAAAAAAAAAAAA/suspension',
    ]) {
      await admin.submit(page, path)
    }
    assert.isEmpty(await AuditEntry.all())
  })
})
