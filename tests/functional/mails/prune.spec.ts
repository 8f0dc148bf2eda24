import { test } from '@japa/runner'
import type { DurationLike } from 'luxon'
import { allJobs } from '#jobs/all'
import { JobLoop } from '#jobs/loop'
import { Prune } from '#jobs/prune'
import { now } from '#time/clock'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import SignInCode from '#models/sign_in_code'
import User from '#models/user'
import UserSession from '#models/user_session'
import SignInAttempt from '#models/sign_in_attempt'
import logger from '@adonisjs/core/services/logger'
import { emptyDatabase } from '#tests/support/database'

const ago = (duration: DurationLike) => now().minus(duration)

test.group('Jobs', (group) => {
  group.each.setup(() => emptyDatabase())

  test('a withdrawal whose day has come happens, with the other jobs', async ({ assert }) => {
    const name = '김민준'
    const leaving = await User.create({ name, role: 'member', withdrawAt: ago({ minutes: 1 }) })
    const staying = await User.create({
      name,
      role: 'member',
      withdrawAt: now().plus({ hours: 1 }),
    })
    const job = allJobs().find((one) => one.name === 'withdrawals')
    assert.deepEqual(await job!.handle(), { withdrawn: 1 })
    assert.isNull(await User.find(leaving.id))
    assert.isNotNull(await User.find(staying.id))
  })

  test('what has expired is deleted, and what has not stays', async ({ assert }) => {
    const user = await User.create({ name: '김민준', role: 'member', nameSetHere: false })
    for (const [index, expiresAt] of [ago({ days: 2 }), now().plus({ days: 1 })].entries()) {
      await Registration.create({
        email: `person${index}@example.com`,
        name: '김민준',
        password: 'hash',
        tokenHash: `hash ${index}`,
        expiresAt,
      })
    }
    /* One expired, one lapsed long before it would expire, and one that has just ended. */
    for (const [index, [lapsesAt, expiresAt]] of [
      [ago({ days: 31 }), ago({ days: 31 })],
      [ago({ days: 31 }), ago({ days: 15 })],
      [ago({ days: 1 }), ago({ days: 1 })],
    ].entries()) {
      const session = { userId: user.id, tokenHash: `hash ${index}`, lapsesAt, expiresAt }
      await UserSession.create({ ...session, authenticatedAt: now(), seenAt: now() })
    }
    for (const startedAt of [ago({ days: 91 }), ago({ days: 89 })]) {
      await SignInAttempt.create({ intent: 'sign_in', startedAt, expiresAt: startedAt, steps: [] })
    }
    const session = await UserSession.query().orderBy('id', 'desc').firstOrFail()
    for (const [index, expiresAt] of [ago({ days: 2 }), ago({ hours: 1 })].entries()) {
      const code = { userId: user.id, sessionId: session.id, codeHash: `hash ${index}`, tries: 0 }
      await SignInCode.create({ ...code, expiresAt })
    }
    const waiting = { template: 'withdrawn', to: 'a@example.com', locale: 'ko', data: {} } as const
    const [old, fresh] = [await OutgoingMail.queue(waiting), await OutgoingMail.queue(waiting)]
    await OutgoingMail.queue(waiting)
    await old.merge({ sentAt: ago({ days: 31 }) }).save()
    await fresh.merge({ sentAt: ago({ days: 29 }) }).save()

    for (const createdAt of [ago({ days: 91 }), ago({ days: 89 })]) {
      await AuditEntry.create({
        via: 'job',
        action: 'provider.changed',
        subjectType: 'site',
        changes: {},
        createdAt,
      })
    }

    assert.deepEqual(await new Prune().handle(), {
      audit_entries: 1,
      registrations: 1,
      sign_in_codes: 1,
      user_sessions: 2,
      sign_in_attempts: 1,
      outgoing_mails: 1,
    })
    assert.deepEqual(await new Prune().handle(), {})
    assert.lengthOf(await OutgoingMail.all(), 2)
  })

  test('the report of a trial goes after 30 days, long before a sign-in', async ({ assert }) => {
    const kinds = ['trial', 'sign_in'] as const
    for (const intent of kinds) {
      for (const startedAt of [ago({ days: 31 }), ago({ days: 29 })]) {
        await SignInAttempt.create({ intent, startedAt, expiresAt: startedAt, steps: [] })
      }
    }
    assert.deepEqual(await new Prune().handle(), { sign_in_attempts: 1 })
    const left = await SignInAttempt.query().orderBy('id')
    assert.deepEqual(
      left.map(({ intent }) => intent),
      ['trial', 'sign_in', 'sign_in']
    )
  })

  test('a job that fails is repeated, and does not keep the others from their work', async ({
    assert,
  }) => {
    const calls = { bad: 0, good: 0 }
    const job = (name: 'bad' | 'good', handle: () => Promise<Record<string, number>>) => ({
      name,
      everyMs: 1,
      async handle() {
        calls[name]++
        return handle()
      },
    })
    const loop = new JobLoop(
      [
        job('bad', async () => {
          throw new Error('the database is away')
        }),
        job('good', async () => ({})),
      ],
      logger
    )
    loop.start()
    await new Promise((resolve) => setTimeout(resolve, 200))
    await loop.stop()

    const after = { ...calls }
    assert.isAbove(after.bad, 2)
    assert.isAbove(after.good, 20)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.deepEqual(calls, after)
  })
})
