/*
 * What a column may hold, where it holds one of a few words. Migrations, the rules that
 * database/schema.ts is written by, validators and pages take their lists from here.
 */

export const ROLES = ['member', 'admin'] as const

export const EMAIL_POLICIES = ['never', 'own_domain', 'provider_says', 'trusted'] as const
export const SYNC_PROFILE = ['always', 'first'] as const
/** What else follows when a provider says that somebody's link has ended. */
export const ON_UNLINK = ['nothing', 'suspend', 'withdraw'] as const

export const CREDENTIAL_STATUSES = ['draft', 'active', 'retiring', 'revoked'] as const

/** What a trip to a provider is made for. */
export const INTENTS = ['sign_in', 'link', 'reconsent', 'reauthenticate', 'prove', 'trial'] as const

/** What an identity waits for in a browser. */
export const PENDING_PURPOSES = ['prove', 'complete'] as const
/** What a mailed link is for. */
export const TOKEN_PURPOSES = ['reset_password', 'prove_email'] as const

export const NOTICE_EVENTS = ['unlinked', 'identifier', 'other'] as const
export const NOTICE_REASONS = ['sign_up_incomplete', 'by_service'] as const
/** Why a session ended, where its person is told. */
export const SESSION_END_REASONS = ['unlinked'] as const

/** Causes of a revocation whose person has never had an account here. */
export const STRANGER_CAUSES = ['refused', 'abandoned', 'tried'] as const
export const REVOCATION_CAUSES = ['disconnected', 'withdrawn', ...STRANGER_CAUSES] as const

/** By which way administrators, or the site by itself, changed something. */
export const ACTOR_WAYS = ['page', 'command', 'job'] as const

/** Sites that sign people in through this one: those with a server keep a secret. */
export const CLIENT_KINDS = ['server', 'browser', 'app'] as const
