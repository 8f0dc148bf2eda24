import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { JOB } from '#audit/actor'
import { AUDIT_ACTIONS, type AuditAction, SUBJECT_TYPES } from '#audit/actions'
import AuditEntry from '#models/audit_entry'
import { now, sqlTime } from '#time/clock'
import { PAGE_SIZE } from '#searches/cursor_page'
import Provider from '#models/provider'
import User from '#models/user'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge, signedInMember } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'

type Deed = Parameters<typeof AuditEntry.record>[0]

const record = (deed: Partial<Deed> = {}) =>
  db.transaction((trx) =>
    AuditEntry.record(
      { actor: JOB, action: 'provider.enabled', subject: { type: 'site' }, ...deed },
      trx
    )
  )

/** A file as a spreadsheet reads it (RFC 4180). */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, end] of text.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted.replaceAll('""', '"'))
    if (end !== ',') rows.push([])
  }
  return rows.slice(0, -1)
}

test.group('The list of changes', (group) => {
  let admin: Administrator
  let me: User
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
    me = await User.firstOrFail()
  })

  const list = async (query = '') => (await admin.get(`/admin/audit?${query}`)).rows

  test('says who changed what, when, from where, and from what to what', async ({ assert }) => {
    const provider = await aProvider()
    const path = `/admin/providers/${provider.publicId}/settings`
    const form = await admin.get(path)
    await admin.submit(form, path, {
      version: form.fieldValue('version')!,
      label: '초록 네이버',
      emailPolicy: 'trusted',
      syncProfile: 'always',
      position: '1',
      requiredFields: 'email',
      allowSignUp: 'true',
    })
    const [row] = await list()
    for (const shown of [
      '김관리',
      t('audit.via.page'),
      '127.0.0.1',
      t('audit.actions.provider.changed'),
      '초록 네이버',
      t('audit.fields.emailPolicy'),
      t('admin.email_policies.never'),
      t('admin.email_policies.trusted'),
      t('audit.fields.requiredFields'),
    ]) {
      assert.include(row, shown)
    }
    const english = await signedInAs('admin', 'en')
    const { rows } = await english.get('/admin/audit')
    assert.include(rows[0], t('audit.actions.provider.changed', {}, 'en'))
  })

  test('of a secret it says only that it changed', async ({ assert }) => {
    const provider = await aProvider()
    const secret = 'Zq3-vErY.secret_7w'
    await admin.fillIn(`/admin/providers/${provider.publicId}/credentials/create`, {
      clientId: 'first-client-id',
      clientSecret: secret,
    })
    const [row] = await list()
    assert.include(row, `${t('audit.fields.clientSecret')} ${t('audit.changed')}`)
    assert.include(row, 'first-client-id')
    assert.notInclude(admin.everythingSeen, secret)
    assert.notInclude(JSON.stringify(await db.from('audit_entries')), secret)
  })

  test('narrows by who, way, action, subject and days', async ({ assert }) => {
    const actor = { via: 'page', userId: me.id, name: '김관리', ip: '203.0.113.7' } as const
    const provider = await aProvider()
    await record({ actor, subject: provider.asAuditSubject })
    await record({ actor, action: 'user.suspended', subject: me.asAuditSubject })
    await record({
      actor: { via: 'command', userId: null, name: 'deploy', ip: null },
      action: 'credential.revoked',
      subject: { type: 'credential', id: null, label: 'client-9' },
    })
    await AuditEntry.query()
      .where('action', 'credential.revoked')
      .update({ createdAt: sqlTime(now().minus({ days: 3 })) })

    assert.lengthOf(await list(), 3)
    assert.lengthOf(await list('who=김'), 2)
    assert.lengthOf(await list(`who=${me.publicId}`), 2)
    assert.lengthOf(await list(`who=${encodeURIComponent(me.email!)}`), 2)
    assert.lengthOf(await list('who=dep&via=command'), 1)
    assert.lengthOf(await list('via=job'), 0)
    assert.lengthOf(await list('action=user.suspended'), 1)
    assert.lengthOf(await list('type=credential'), 1)
    assert.lengthOf(await list(`subject=${provider.publicId}`), 1)
    assert.lengthOf(await list('subject=client-'), 1)
    assert.lengthOf(await list('subject=%'), 0)
    const today = now().setZone('Asia/Seoul').toISODate()
    assert.lengthOf(await list(`from=${today}&to=${today}`), 2)
    const nobody = await admin.get('/admin/audit?who=없는이')
    assert.include(nobody.words, t('listing.none_match'))
  })

  test('is paged by time and key', async ({ assert }) => {
    for (let n = 0; n < PAGE_SIZE + 3; n++) {
      await record({ subject: { type: 'user', label: `사람${n}` } })
    }
    const first = await admin.get('/admin/audit')
    const [next] = first.valuesOf('[rel=next]', 'href')
    await record()
    const second = await admin.get(`/admin/audit${next}`)
    assert.deepEqual(
      second.rows.map((row) => /사람\d+/.exec(row)![0]),
      ['사람2', '사람1', '사람0']
    )
  })

  test('shows what a newer version wrote, and names as text', async ({ assert }) => {
    await record({
      action: 'moon.landed' as AuditAction,
      subject: { type: 'moon' as 'site', label: '<b>Apollo</b>' },
      changes: { altitude: { before: 100, after: { km: 0 } }, crew: 'changed' },
    })
    for (const language of ['ko', 'en']) {
      const page = await (await signedInAs('admin', language)).get('/admin/audit')
      assert.equal(page.status, 200)
      for (const shown of ['moon.landed', 'altitude', '100', '{"km":0}']) {
        assert.include(page.words, shown)
      }
      assert.notInclude(page.text, '<b>Apollo')
    }
  })

  test('says that an administrator has left', async ({ assert }) => {
    const leaver = await signedInAs('admin')
    const page = await leaver.get('/account/withdrawal')
    await leaver.submit(page, '/account/withdrawal', { understood: 'true' })
    assert.isFalse(await leaver.isSignedIn())
    const [row] = await list()
    assert.include(row, t('audit.actions.administrator.withdrawn'))
    assert.include(row, '김관리')
  })

  test('forgets who somebody was who has left, and not that something was done', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember({ name: '떠날이' })
    await record({
      action: 'user.suspended',
      subject: user.asAuditSubject,
      changes: { suspensionNote: { before: null, after: '광고를 올림' } },
    })
    await record({ subject: { type: 'user', id: null, label: '남을이' } })
    const page = await visitor.get('/account/withdrawal')
    await visitor.submit(page, '/account/withdrawal', { understood: 'true' })
    const rows = await list()
    assert.lengthOf(rows, 2)
    assert.notInclude(rows.join(), '떠날이')
    assert.notInclude(rows.join(), '광고를 올림')
    assert.include(rows.join(), t('audit.actions.user.suspended'))
    assert.include(rows.join(), '남을이')
  })

  test('names people as they were called then, also when they have left', async ({ assert }) => {
    const gone = await User.create({ name: '떠난이', role: 'admin' })
    await record({ actor: { via: 'page', userId: gone.id, name: '떠난이', ip: null } })
    await gone.delete()
    const [row] = await list()
    assert.include(row, '떠난이')
  })
})

test.group('The export of the audit', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const exportWith = async (fields: Record<string, string> = {}) =>
    admin.submit(await admin.get('/admin/audit'), '/admin/audit/export', fields)

  test('is UTF-8 with a mark for Excel, whole, and written down itself', async ({ assert }) => {
    for (let n = 0; n < PAGE_SIZE * 2 + 1; n++) {
      await record({ subject: { type: 'user', label: `"사람", ${n}` } })
    }
    const file = await exportWith({ type: 'user' })
    assert.equal(file.status, 200)
    assert.equal(file.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(file.headers.get('content-disposition')!, /^attachment; filename="[\w-]+\.csv"$/)
    assert.equal(file.headers.get('cache-control'), 'no-store')

    const raw = await rawExport(admin)
    assert.deepEqual([...raw.subarray(0, 3)], [0xef, 0xbb, 0xbf])

    const [titles, ...rows] = readCsv(file.text.replace('\uFEFF', ''))
    assert.deepEqual(titles.slice(0, 2), [t('audit.columns.at'), t('audit.columns.who')])
    assert.lengthOf(rows, PAGE_SIZE * 2 + 1)
    assert.isTrue(rows.every((row) => row.length === titles.length))
    assert.equal(rows[0][6], `"사람", ${PAGE_SIZE * 2}`)
    assert.equal(new Set(rows.map((row) => row[6])).size, rows.length)

    const entry = await AuditEntry.query().where('action', 'audit.exported').firstOrFail()
    assert.deepEqual(entry.changes, { type: { before: null, after: 'user' } })
    assert.equal(entry.actorName, '김관리')
    const { words } = await admin.get('/admin/audit?action=audit.exported')
    assert.include(
      words,
      [
        t('audit.fields.type'),
        t('audit.before'),
        t('audit.nothing'),
        '→',
        t('audit.after'),
        t('audit.subjects.user'),
      ].join(' ')
    )
  })

  test('calculates nothing when it is opened: no cell is a formula', async ({ assert }) => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '  =1', '\n=1']
    for (const label of formulas) {
      await record({
        actor: { via: 'page', userId: null, name: label, ip: null },
        subject: { type: 'user', label },
        changes: { suspensionNote: { before: null, after: label } },
      })
    }
    const rows = readCsv((await exportWith({ type: 'user' })).text.replace('\uFEFF', '')).slice(1)
    assert.lengthOf(rows, formulas.length)
    for (const row of rows) {
      for (const cell of row) assert.notMatch(cell, /^[\s]*[=+\-@＝＋－＠]/)
    }
    assert.deepEqual(
      rows.map((row) => row[6]),
      formulas.map((label) => `'${label}`).reverse()
    )
  })

  test('wants a recent sign-in and the token of its form, and is for administrators', async ({
    assert,
  }) => {
    await record()
    const page = await admin.get('/admin/audit')
    await admin.post('/admin/audit/export', {})
    await letProofsAge()
    assert.notInclude((await admin.get('/admin/audit')).actions, '/admin/audit/export')
    const answer = await admin.submit(page, '/admin/audit/export')
    assert.match(answer.location, /^\/account\/reauthenticate\?next=%2Fadmin%2Faudit/)

    const member = await signedInAs('member')
    const refused = await member.submit(await member.get('/'), '/admin/audit/export')
    assert.equal(refused.status, 404)
    assert.lengthOf(await AuditEntry.all(), 1)
  })
})

/** The bytes of an export, which reading as text would take the mark from. */
async function rawExport(admin: Administrator): Promise<Buffer> {
  const page = await admin.get('/admin/audit')
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(new URL('/admin/audit/export', page.url), {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ _csrf: page.csrf }),
  })
  return Buffer.from(await response.arrayBuffer())
}

test.group('The words of the audit', () => {
  for (const locale of ['ko', 'en']) {
    test(`every action and kind of subject has words (${locale})`, ({ assert }) => {
      const words = JSON.parse(
        readFileSync(
          new URL(`../../../resources/lang/${locale}/audit.json`, import.meta.url),
          'utf8'
        )
      )
      for (const action of AUDIT_ACTIONS) {
        const [subject, deed] = action.split('.')
        assert.isString(words.actions[subject]?.[deed], action)
      }
      for (const type of SUBJECT_TYPES) assert.isString(words.subjects[type], type)
      for (const field of Object.keys(new Provider().settings)) {
        assert.isString(words.fields[field], field)
      }
    })
  }
})
