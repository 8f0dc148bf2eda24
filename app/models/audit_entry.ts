import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { AuditEntrySchema } from '#database/schema'
import type { AuditAction, AuditSubject } from '#audit/actions'
import type { Actor } from '#audit/actor'
import type { Changes } from '#audit/changes'
import { askSession } from '#auth/in_session'
import { newPublicId } from '#crypto/public_id'
import { now } from '#time/clock'
import User from '#models/user'

interface Deed {
  actor: Actor
  action: AuditAction
  subject: AuditSubject
  changes?: Changes
}

/**
 * One change by an administrator, a command or a job: who, when, from where, before and
 * after. Secrets are only ever said to have changed.
 */
export default class AuditEntry extends AuditEntrySchema {
  @belongsTo(() => User, { foreignKey: 'actorUserId' })
  declare actor: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(entry: AuditEntry) {
    entry.publicId ??= newPublicId()
  }

  /**
   * Writes an entry. Every change on the administration pages comes through here, so this
   * is where the person making it must still be signed in.
   *
   * @param client the transaction of the change itself, so that neither exists without
   *   the other
   * @throws AccessEnded when the actor's session has ended while the change was made
   */
  static async record(
    { actor, action, subject, changes = {} }: Deed,
    client: TransactionClientContract
  ): Promise<void> {
    if (actor.session) await askSession(actor.session, client)
    await AuditEntry.create(
      {
        via: actor.via,
        actorUserId: actor.userId,
        actorName: clip(actor.name),
        ip: actor.ip,
        action,
        subjectType: subject.type,
        subjectId: subject.id ?? null,
        subjectLabel: clip(subject.label),
        changes,
        createdAt: now(),
      },
      { client }
    )
  }

  /**
   * Removes the identity of a person who leaves: their name, and what a change to their
   * account said about them. That the change was made, and by whom, stays.
   */
  static async forgetSubject({ publicId }: User, client: TransactionClientContract) {
    await AuditEntry.query({ client })
      .where({ subjectType: 'user', subjectId: publicId })
      .update({ subjectLabel: null, changes: '{}' })
  }
}

function clip(text: string | null | undefined): string | null {
  return text ? Array.from(text).slice(0, 100).join('') : null
}
