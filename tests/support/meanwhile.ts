import { Hash } from '@adonisjs/core/hash'
import type { LucidModel, LucidRow } from '@adonisjs/lucid/types/model'
import UserSession from '#models/user_session'
import SignInAttempt from '#models/sign_in_attempt'

/*
 * Slow requests: something happens at a chosen point while a request is under way, and
 * then the request continues.
 */

type Happening = () => Promise<unknown>

/** Once the next signed-in request has been let in. */
export function onceLetIn(happening: Happening) {
  once(UserSession, 'after:find', happening)
}

/** Before the next session is begun, once the proof for it has been given. */
export function beforeTheNextSignIn(happening: Happening) {
  const { saveIfAsRead } = UserSession.prototype
  UserSession.prototype.saveIfAsRead = async function (this: UserSession, user) {
    UserSession.prototype.saveIfAsRead = saveIfAsRead
    await happening()
    return saveIfAsRead.call(this, user)
  }
}

/** Once a password has been found correct, before anything comes of it. */
export function beforeTheNextAttemptIsWritten(happening: Happening) {
  once(SignInAttempt, 'before:create', happening)
}

/** While the next password is being hashed or compared. */
export function duringTheNextHash(method: 'make' | 'verify', happening: Happening) {
  const original = Hash.prototype[method] as (...args: string[]) => Promise<never>
  Hash.prototype[method] = async function (this: Hash, ...args: string[]) {
    Hash.prototype[method] = original
    const result = await original.apply(this, args)
    await happening()
    return result
  }
}

/** Once a row of this model has been read, before anything comes of it. */
export function onceFound(model: LucidModel, happening: Happening) {
  once(model, 'after:find', happening)
}

/** Once the next transaction that deletes a row of this model is over. */
export function onceGone(model: LucidModel, happening: Happening) {
  once(model, 'after:delete', async ({ $trx: trx }) => {
    const commit = trx!.commit.bind(trx)
    trx!.commit = async () => {
      await commit()
      await happening()
    }
  })
}

/** The database goes away at the end of the next transaction that saves a row of this model. */
export function failAtTheEndOf(model: LucidModel) {
  once(model, 'after:save', async ({ $trx: trx }) => {
    trx!.commit = async () => {
      await trx!.rollback()
      throw Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' })
    }
  })
}

function once(
  model: LucidModel,
  event: 'after:find' | 'before:create' | 'after:save' | 'after:delete',
  happening: (row: LucidRow) => Promise<unknown>
) {
  const hook = async (row: LucidRow) => {
    model.$hooks.remove(event, hook)
    await happening(row)
  }
  model.boot()
  model.$hooks.add(event, hook)
}
