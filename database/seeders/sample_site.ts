import { BaseSeeder } from '@adonisjs/lucid/seeders'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { SetClient } from '#actions/clients/set_client'
import { actorAs, commandActor } from '#audit/actor'
import type { Changes } from '#audit/changes'
import { randomToken } from '#crypto/random_token'
import { ArticleFactory } from '#database/factories/article_factory'
import { failedIn, SignInAttemptFactory } from '#database/factories/sign_in_attempt_factory'
import { UserFactory } from '#database/factories/user_factory'
import type { AuditAction, AuditSubject } from '#audit/actions'
import AuditEntry from '#models/audit_entry'
import { now } from '#time/clock'
import Provider from '#models/provider'
import User from '#models/user'
import env from '#start/env'

const DAYS = 28
const TRIPS_A_DAY = 14
const ADMINISTRATOR = 'admin@example.net'
const MEMBER = 'member@example.net'

interface Crowd {
  administrators: User[]
  /** With `identities` loaded, if they have any. */
  members: User[]
  providers: Provider[]
}

/**
 * Fills an empty site with something worth looking at: people, four weeks of their
 * sign-ins with failures, articles, the audit and a site that signs in through this one.
 * `npm run ace -- db:seed` runs it, only in the sandbox, and prints a new password.
 */
export default class SampleSite extends BaseSeeder {
  static environment = ['development', 'test']

  async run() {
    if (!env.get('SANDBOX')) throw new Error('A sample site needs SANDBOX=true.')
    if (await User.first()) {
      throw new Error('People are here already: a sample is made in an empty database alone.')
    }

    await new SeedSandboxProviders().handle()
    const password = randomToken()
    await db.transaction(async (trx) => {
      const crowd = await makePeople(password, trx)
      await makeArticles(crowd, trx)
      await makeSignIns(crowd, trx)
      await makeHistory(crowd, trx)
    })
    await connectSite()
    process.stdout.write(`Sign in as ${ADMINISTRATOR} or ${MEMBER} with the password ${password}\n`)
  }
}

async function makePeople(password: string, client: TransactionClientContract): Promise<Crowd> {
  const providers = await Provider.query({ client }).where('sandbox', true).orderBy('position')
  const createdAt = (index: number) => now().minus({ days: 60 - index })
  const known = (email: string, name: string) => ({
    ...{ email, name, password },
    createdAt: createdAt(0),
  })
  const administrators = await UserFactory.client(client)
    .apply('administrator')
    .merge([known(ADMINISTRATOR, '관리자'), { createdAt: createdAt(1) }])
    .createMany(2)

  const byPassword = await UserFactory.client(client)
    .merge([known(MEMBER, '회원'), { createdAt: createdAt(3) }, { createdAt: createdAt(20) }])
    .createMany(3)
  const members = [...byPassword]
  for (const [index, { id: providerId }] of [...providers, ...providers, ...providers].entries()) {
    const linkedAt = createdAt(2 * index)
    const joined = UserFactory.client(client).merge({ createdAt: linkedAt })
    const linked = joined.with('identities', 1, (one) => one.merge({ providerId, linkedAt }))
    members.push(...(await linked.createMany(3)))
    members.push(await linked.apply('withoutEmail').create())
  }
  return { administrators, members, providers }
}

async function makeArticles({ members }: Crowd, client: TransactionClientContract) {
  for (let index = 0; index < 25; index++) {
    const createdAt = now().minus({ hours: 25 * (25 - index) })
    const { id: userId } = members[(index * 7) % members.length]
    await ArticleFactory.client(client).merge({ userId, createdAt, updatedAt: createdAt }).create()
  }
}

/** Trips spread evenly over the weeks, oldest first, so that ids and times agree. */
async function makeSignIns({ members, providers }: Crowd, client: TransactionClientContract) {
  const count = DAYS * TRIPS_A_DAY
  for (let index = 0; index < count; index++) {
    const startedAt = now().minus({ minutes: 7 + ((count - 1 - index) * 24 * 60) / TRIPS_A_DAY })
    const member = members[(index * 5) % members.length]
    const [identity] = member.identities ?? []
    const provider = providers.find(({ id }) => id === identity?.providerId)
    const failure = failureOf(index, provider)
    await SignInAttemptFactory.client(client)
      .merge({
        startedAt: startedAt.startOf('second'),
        providerId: provider?.id ?? null,
        credentialId: provider?.activeCredentialId ?? null,
        ...(failure ?? { userId: member.id, identityId: identity?.id ?? null }),
      })
      .create()
    if (!failure) member.lastSignInAt = startedAt.startOf('second')
  }
  for (const member of members) await member.useTransaction(client).save()
}

/** The result of a trip that did not end in a sign-in; `null` for one that did. */
function failureOf(index: number, provider: Provider | undefined) {
  if (!provider) return index % 6 === 0 ? { outcome: 'failed', failure: 'credentials' } : null
  /* Naver had a bad day ten days ago. */
  const daysAgo = DAYS - index / TRIPS_A_DAY
  if (provider.driver === 'naver' && daysAgo > 9 && daysAgo < 10) {
    return failedIn('token', 'provider_unavailable', '503')
  }
  if (index % 12 === 0) return { outcome: 'failed', failure: 'cancelled' }
  if (index % 13 === 0) return { outcome: null }
  if (index % 29 === 0) return failedIn('profile', 'provider_timeout')
  return null
}

/** What administrators did, including one member who was suspended. */
async function makeHistory(
  { administrators: [first, second], members, providers }: Crowd,
  client: TransactionClientContract
) {
  await note(
    { daysAgo: 60, action: 'administrator.created', subject: first.asAuditSubject },
    client
  )
  const promotion = { action: 'administrator.promoted', subject: second.asAuditSubject } as const
  await note({ daysAgo: 59, by: first, ...promotion }, client)
  for (const { asAuditSubject: subject } of providers) {
    await note({ daysAgo: 58, by: first, action: 'provider.created', subject }, client)
    await note({ daysAgo: 58, by: first, action: 'provider.enabled', subject }, client)
  }
  for (const { asAuditSubject: subject, requiredFields: after } of providers) {
    const changes = { requiredFields: { before: ['email'], after } }
    await note({ daysAgo: 30, by: second, action: 'provider.changed', subject, changes }, client)
  }

  const troublemaker = members.at(-1)!
  await troublemaker.suspend('광고 글을 반복해서 올림', client)
  const { asAuditSubject: subject } = troublemaker
  await note({ daysAgo: 0, by: second, action: 'user.suspended', subject }, client)
}

interface Deed {
  daysAgo: number
  /** An administrator; omitted for a command. */
  by?: User
  action: AuditAction
  subject: AuditSubject
  changes?: Changes
}

/* AuditEntry.record only records the present moment. */
async function note(
  { daysAgo, by, action, subject, changes = {} }: Deed,
  client: TransactionClientContract
) {
  const actor = by ? { ...actorAs(by), ip: '198.51.100.7' } : commandActor()
  await AuditEntry.create(
    {
      via: actor.via,
      actorUserId: actor.userId,
      actorName: actor.name,
      ip: actor.ip,
      action,
      subjectType: subject.type,
      subjectId: subject.id ?? null,
      subjectLabel: subject.label ?? null,
      changes,
      createdAt: now().minus({ days: daysAgo }),
    },
    { client }
  )
}

async function connectSite() {
  await new SetClient().handle({
    clientId: 'shop',
    name: '견본 가게',
    redirectUris: ['https://shop.example.com/callback'],
    actor: commandActor(),
  })
}
