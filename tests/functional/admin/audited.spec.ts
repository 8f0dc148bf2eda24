import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
import AuditEntry, { type AuditAction } from '#models/audit_entry'
import { now, sqlTime } from '#models/clock'
import OutgoingMail from '#models/outgoing_mail'
import type Provider from '#models/provider'
import { type Administrator, signedInAs } from '#tests/support/administrator'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/member'
import { aCredential, aProvider } from '#tests/support/providers'
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
    does: ({ press }) => press('/admin/providers/create', { driver: 'kakao', key: 'another' }),
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
    does: ({ press, provider }) =>
      press(`/admin/providers/${provider.publicId}/credentials/create`, {
        clientId: 'first-client-id',
        clientSecret: 'a-new-secret-value',
      }),
  },
  '/admin/credentials/:id/activation': {
    writes: 'credential.activated',
    does: async ({ admin, press, provider }) => {
      const credential = await aCredential(provider)
      const page = await admin.get(`/admin/providers/${provider.publicId}`)
      const seen = page.fieldValue('seen')!
      await press(`/admin/credentials/${credential.publicId}/activation`, { seen })
    },
  },
  '/admin/credentials/:id/revocation': {
    writes: 'credential.revoked',
    does: async ({ press, provider }) => {
      const credential = await aCredential(provider)
      await press(`/admin/credentials/${credential.publicId}/revocation`)
    },
  },
  '/admin/mails/:id/retry': {
    writes: 'mail.retried',
    does: async ({ press }) => press(`/admin/mails/${(await aMail()).publicId}/retry`),
  },
  '/admin/mails/:id/drop': {
    writes: 'mail.dropped',
    does: async ({ press }) => press(`/admin/mails/${(await aMail()).publicId}/drop`),
  },
  '/admin/users/:id/suspension': {
    writes: 'user.suspended',
    does: async ({ press }) => {
      const { publicId, standing } = await makeUser()
      await press(`/admin/users/${publicId}/suspension`, { seen: standing })
    },
  },
  '/admin/users/:id/suspension/end': {
    writes: 'user.restored',
    does: async ({ press }) => {
      const { publicId, standing } = await makeUser({ suspendedAt: now() })
      await press(`/admin/users/${publicId}/suspension/end`, { seen: standing })
    },
  },
  '/admin/users/:id/administrator': {
    writes: 'administrator.promoted',
    does: async ({ press }) => {
      const { publicId, standing } = await makeUser()
      await press(`/admin/users/${publicId}/administrator`, { seen: standing })
    },
  },
  '/admin/users/:id/administrator/end': {
    writes: 'administrator.demoted',
    does: async ({ press }) => {
      const { publicId, standing } = await makeUser({ role: 'admin' })
      await press(`/admin/users/${publicId}/administrator/end`, { seen: standing })
    },
  },
  '/admin/users/:id/devices/sign_out': {
    writes: 'user.signed_out',
    does: async ({ press }) => {
      const { user } = await signedInMember()
      await press(`/admin/users/${user.publicId}/devices/sign_out`)
    },
  },
  '/admin/audit/export': {
    writes: 'audit.exported',
    does: ({ press }) => press('/admin/audit/export'),
  },
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
      assert.deepEqual(
        entries.map(({ action }) => action),
        [deed.writes]
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
