import { Hash } from '@adonisjs/core/hash'
import type { LucidModel } from '@adonisjs/lucid/types/model'
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

/** Before a session ends because its owner signs in again in the same browser. */
export function beforeTheNextSignIn(happening: Happening) {
  once(UserSession, 'before:update', happening)
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

function once(
  model: LucidModel,
  event: 'after:find' | 'before:update' | 'before:create',
  happening: Happening
) {
  const hook = async () => {
    model.$hooks.remove(event, hook)
    await happening()
  }
  model.boot()
  model.$hooks.add(event, hook)
}
