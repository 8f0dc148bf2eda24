import { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import type { Change } from '#audit/changes'
import type AuditEntry from '#models/audit_entry'
import { SITE_ZONE } from '#time/clock'
import { DRIVERS } from '#protocol/drivers'

/** A changed field, ready to be read. */
export interface ChangeLine {
  field: string
  /** `null` for a secret, which is only said to have changed. */
  values: { before: string; after: string } | null
}

/** Where the words for a field's values are. Values of other fields are shown as written. */
const VALUES: Record<string, string> = {
  role: 'users.roles',
  status: 'admin.credential_states',
  emailPolicy: 'admin.email_policies',
  syncProfile: 'admin.sync_profiles',
  onUnlink: 'notices.on_unlink',
  requiredFields: 'admin.required_fields',
  driver: 'admin.drivers',
  autoHiddenFor: 'health.reasons',
  action: 'audit.actions',
  type: 'audit.subjects',
  via: 'audit.via',
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/**
 * Puts audit entries into words. A newer version of the application may have written
 * something this one has no words for, so that is shown by its own name.
 */
export class AuditWords {
  constructor(private i18n: I18n) {}

  action({ action }: Pick<AuditEntry, 'action'>): string {
    return this.#words(`audit.actions.${action}`, action)
  }

  subjectType({ subjectType }: Pick<AuditEntry, 'subjectType'>): string {
    return this.#words(`audit.subjects.${subjectType}`, subjectType)
  }

  /** What it was called at the time; a mail is named by its kind. */
  subject({ subjectType, subjectLabel }: Pick<AuditEntry, 'subjectType' | 'subjectLabel'>): string {
    const label = subjectLabel ?? ''
    if (subjectType !== 'mail') return label
    const [template, ...address] = label.split(' ')
    return [this.#words(`admin_mails.templates.${template}`, template), ...address].join(' ')
  }

  /** Who made the change, under the name they had at the time. */
  who({ via, actorName }: Pick<AuditEntry, 'via' | 'actorName'>): string {
    return actorName ?? this.i18n.t(via === 'job' ? 'audit.by_itself' : 'audit.unknown_actor')
  }

  via({ via }: Pick<AuditEntry, 'via'>): string {
    return this.i18n.t(`audit.via.${via}`)
  }

  /** All that is said about a secret. */
  get changed(): string {
    return this.i18n.t('audit.changed')
  }

  changes({ changes }: Pick<AuditEntry, 'changes'>): ChangeLine[] {
    return Object.entries(changes).map(([field, change]) => ({
      field: this.#field(field),
      values: this.#values(field, change),
    }))
  }

  /** A step of a set-up guide counts as a field too, in the guide's words. */
  #field(field: string): string {
    const guides = Object.keys(DRIVERS).map((driver) => `guide.steps.${driver}.${field}.title`)
    const key = [`audit.fields.${field}`, ...guides].find((one) => this.i18n.hasMessage(one))
    return key ? this.i18n.t(key) : field
  }

  #values(field: string, change: Change): ChangeLine['values'] {
    if (change === null || typeof change !== 'object') return null
    return {
      before: this.#value(field, change.before),
      after: this.#value(field, change.after),
    }
  }

  #value(field: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return this.i18n.t('audit.nothing')
    if (typeof value === 'boolean') return this.i18n.t(value ? 'audit.yes' : 'audit.no')
    if (Array.isArray(value)) {
      if (value.length === 0) return this.i18n.t('audit.nothing')
      return value.map((one) => this.#value(field, one)).join(', ')
    }
    if (typeof value === 'object') return JSON.stringify(value)

    const text = String(value)
    if (TIME.test(text) && DateTime.fromISO(text).isValid) return this.#time(text)
    return Object.hasOwn(VALUES, field) ? this.#words(`${VALUES[field]}.${text}`, text) : text
  }

  #time(iso: string): string {
    return this.i18n.formatDate(DateTime.fromISO(iso), {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: SITE_ZONE,
    })
  }

  #words(key: string, otherwise: string): string {
    return this.i18n.hasMessage(key) ? this.i18n.t(key) : otherwise
  }
}
