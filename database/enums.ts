/*
 * The values of columns that hold one of a few words. Migrations, the rules that generate
 * database/schema.ts, validators and pages take their lists from here.
 */

export const ROLES = ['member', 'admin'] as const

export const EMAIL_POLICIES = ['never', 'own_domain', 'provider_says', 'trusted'] as const
export const SYNC_PROFILE = ['always', 'first'] as const
/** What else happens when a provider says that someone's link has ended. */
export const ON_UNLINK = ['nothing', 'suspend', 'withdraw'] as const

export const CREDENTIAL_STATUSES = ['draft', 'active', 'retiring', 'revoked'] as const

/** The purposes of a trip to a provider. */
export const INTENTS = ['sign_in', 'link', 'reconsent', 'reauthenticate', 'prove', 'trial'] as const

/** What an identity waits for in a browser. */
export const PENDING_PURPOSES = ['prove', 'complete'] as const
/** The purposes of a mailed link. */
export const TOKEN_PURPOSES = ['reset_password', 'prove_email'] as const

export const NOTICE_EVENTS = ['unlinked', 'identifier', 'other'] as const
export const NOTICE_REASONS = ['sign_up_incomplete', 'by_service'] as const
/** Why a session ended, for reasons the person is told. */
export const SESSION_END_REASONS = ['unlinked'] as const

/** Causes of a revocation for a person who has never had an account here. */
export const STRANGER_CAUSES = ['refused', 'abandoned', 'tried'] as const
export const REVOCATION_CAUSES = ['disconnected', 'withdrawn', ...STRANGER_CAUSES] as const

/** How administrators, or the site itself, made a change. */
export const ACTOR_WAYS = ['page', 'command', 'job'] as const

/** Sites that sign people in through this one; those with a server keep a secret. */
export const CLIENT_KINDS = ['server', 'browser', 'app'] as const

/** How a member agreed to a document: in a form of this site, or as they came through a provider. */
export const AGREEMENT_WAYS = ['sign_up', 'provider', 'sign_in', 'account'] as const

/** What happened to a member, as sites are told of it. */
export const SITE_EVENTS = [
  'member.changed',
  'member.suspended',
  'member.restored',
  'member.withdrawn',
  'identity.linked',
  'identity.unlinked',
] as const
/** What a site is told: that a sign-in has ended, or what happened. */
export const SITE_MESSAGES = ['logout', ...SITE_EVENTS] as const

/** Why requests of a site were refused; `site_diagnoses.json` says what to do about each. */
export const SITE_FAILURES = [
  'client_id',
  'redirect_uri',
  'post_logout_redirect_uri',
  'pkce_missing',
  'pkce_plain',
  'pkce_verifier',
  'response_type',
  'scope',
  'secret_wrong',
  'secret_retired',
  'secret_missing',
  'secret_unexpected',
  'grant_type',
  'code_expired',
  'code_reused',
  'code_unknown',
  'code_redirect_uri',
  'refresh_token',
  'cancelled',
  'other',
] as const
