import SignInAttempt from '#models/sign_in_attempt'
import AccountToken from '#models/account_token'
import Article from '#models/article'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import ClientMember from '#models/oidc/client_member'
import Consent from '#models/oidc/consent'
import Client from '#models/oidc/client'
import Agreement from '#models/site/agreement'
import Document from '#models/site/document'
import type User from '#models/user'
import UserSession from '#models/user_session'
import { now } from '#time/clock'

/**
 * Everything that is kept about a member, for the member: without what is secret (passwords,
 * tokens, codes), of which only the existence is told, and without what is only of use to
 * this application. Times are ISO 8601.
 */
export async function keptAbout(user: User) {
  const own = { userId: user.id }
  const identities = await Identity.query().where(own).preload('provider').orderBy('id')
  const attempts = await SignInAttempt.query()
    .where((mine) => mine.where(own).orWhere('actorUserId', user.id))
    .preload('provider')
    .orderBy('id', 'desc')
  return {
    exportedAt: now(),
    account: {
      ...pick(user, 'publicId', 'name', 'email', 'emailEndedAt', 'role', 'locale', 'createdAt'),
      ...pick(user, 'lastSignInAt', 'secondFactorAt', 'ofAgeAt', 'withdrawAt', 'updatedAt'),
      hasPassword: user.password !== null,
    },
    agreements: await agreementsOf(user),
    identities: identities.map((identity) => ({
      provider: providerOf(identity),
      ...pick(identity, 'subject', 'email', 'name', 'scopes', 'linkedAt', 'lastUsedAt'),
      ...pick(identity, 'unlinkedAt', 'tokenExpiresAt'),
      hasTokens: identity.accessToken !== null || identity.refreshToken !== null,
    })),
    sessions: all(
      await UserSession.query().where(own).orderBy('id', 'desc'),
      ...([
        'createdAt',
        'seenAt',
        'expiresAt',
        'revokedAt',
        'endReason',
        'ip',
        'userAgent',
      ] as const)
    ),
    signIns: attempts.map((attempt) => ({
      provider: providerOf(attempt),
      ...pick(attempt, 'intent', 'startedAt', 'finishedAt', 'outcome', 'failure', 'next'),
      ...pick(attempt, 'locale', 'ip', 'userAgent', 'steps'),
    })),
    articles: all(
      await Article.query().where(own).orderBy('id'),
      ...(['publicId', 'title', 'body', 'createdAt', 'updatedAt'] as const)
    ),
    sites: await sitesUsedBy(user),
    mails: all(
      await OutgoingMail.query()
        .where('recipient', user.email ?? '')
        .orderBy('id'),
      ...(['template', 'recipient', 'locale', 'createdAt', 'sentAt', 'givenUpAt'] as const)
    ),
    links: all(
      await AccountToken.query().where(own).orderBy('id'),
      ...(['purpose', 'email', 'createdAt', 'expiresAt'] as const)
    ),
    changes: all(
      await AuditEntry.query()
        .where({ subjectType: 'user', subjectId: user.publicId })
        .orWhere('actorUserId', user.id)
        .orderBy('id'),
      ...(['action', 'subjectType', 'subjectLabel', 'via', 'ip', 'changes', 'createdAt'] as const)
    ),
  }
}

async function agreementsOf({ id }: User) {
  const agreements = await Agreement.of(id)
  const documents = await Document.inOrder()
  return agreements.map((agreement) => {
    const { version } = agreement
    const document = documents.find((one) => one.id === version.documentId)!
    return {
      ...pick(document, 'key', 'title'),
      ...pick(version, 'number', 'url', 'text'),
      ...pick(agreement, 'way', 'providerLabel', 'agreedAt', 'withdrawnAt'),
    }
  })
}

async function sitesUsedBy({ id: userId }: User) {
  const uses = await ClientMember.query().where({ userId })
  const consents = await Consent.query().where({ userId })
  const ids = [...uses, ...consents].map(({ clientId }) => clientId)
  const clients = await Client.query().whereIn('id', ids).orderBy('name')
  return clients.map((client) => {
    const use = uses.find(({ clientId }) => clientId === client.id)
    const consent = consents.find(({ clientId }) => clientId === client.id)
    return {
      ...pick(client, 'clientId', 'name'),
      firstUsedAt: use?.firstUsedAt ?? null,
      takenBackAt: use?.takenBackAt ?? null,
      agreedTo: consent ? pick(consent, 'scopes', 'createdAt') : null,
    }
  })
}

/** The sandbox's provider is invisible once the sandbox is off. */
function providerOf({ provider }: Pick<Identity | SignInAttempt, 'provider'>): string | null {
  const found: { label: string } | null | undefined = provider
  return found?.label ?? null
}

function all<Row, Name extends keyof Row>(rows: Row[], ...names: Name[]) {
  return rows.map((row) => pick(row, ...names))
}

function pick<Row, Name extends keyof Row>(row: Row, ...names: Name[]): Pick<Row, Name> {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null])) as Pick<Row, Name>
}
