/** Every audited action; `audit.json` of each language holds the words for it. */
export const AUDIT_ACTIONS = [
  'provider.created',
  'provider.changed',
  'provider.enabled',
  'provider.disabled',
  'provider.reordered',
  'provider.step_ticked',
  'providers.exported',
  'providers.imported',
  'provider.auto_hidden',
  'provider.offered_again',
  'credential.added',
  'credential.activated',
  'credential.retired',
  'credential.rolled_back',
  'credential.set_back',
  'credential.revoked',
  'administrator.created',
  'administrator.promoted',
  'administrator.demoted',
  'administrator.withdrawn',
  'user.suspended',
  'user.restored',
  'user.signed_out',
  'audit.exported',
  'mail.retried',
  'mail.dropped',
  'mail.tried',
  'second_factor.enabled',
  'second_factor.disabled',
  'second_factor.reset',
  'second_factor.codes_renewed',
  'site.changed',
  'document.added',
  'document.changed',
  'document.version_added',
  'document.reordered',
  'agreements.exported',
  'revocation.retried',
  'revocation.dropped',
  'client.created',
  'client.changed',
  'client.secret_added',
  'client.secret_rolled_back',
  'client.secret_revoked',
  'client.enabled',
  'client.disabled',
  'client.deleted',
  'client.webhook_secret_added',
  'client.webhook_off',
  'client.webhook_on',
  'site_message.sent_again',
  'site_message.dropped',
  'signing_key.added',
] as const

export type AuditAction = (typeof AUDIT_ACTIONS)[number]

export const SUBJECT_TYPES = [
  'provider',
  'credential',
  'user',
  'mail',
  'revocation',
  'site',
  'document',
  'client',
  'signing_key',
  'site_message',
] as const

/** What was changed: the name it has in addresses, and what it was called at the time. */
export interface AuditSubject {
  type: (typeof SUBJECT_TYPES)[number]
  id?: string | null
  label?: string | null
}
