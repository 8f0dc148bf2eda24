import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AuditWords } from '#audit/words'
import { deviceOf } from '#auth/device'
import { safeNext } from '#auth/next'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { waysIn } from '#auth/ways_in'
import { lastAttemptsOf } from '#searches/attempt_search'
import { lastChangesTo } from '#searches/audit_search'
import type User from '#models/user'
import UserSession from '#models/user_session'
import type { FormState } from '#validators/form'

const LAST = 10

/** Shows everything known about one person, and what can be done about them. */
export async function showPerson(
  { auth, i18n, view }: HttpContext,
  user: User,
  page: { problem?: string; form?: FormState } = {}
) {
  const guard = auth.use('web')
  const sessions = await UserSession.aliveOf(user.id).preload('identity', (identity) =>
    identity.preload('provider')
  )
  return view.render('pages/admin/users/show', {
    ...page,
    person: user,
    here: addressOf(user),
    isYou: user.id === guard.user?.id,
    isRecent: guard.isRecent,
    proofPage: reauthenticationPage(safeNext(addressOf(user))),
    ways: await waysIn(user),
    devices: sessions.map((session) => ({ ...deviceOf(session.userAgent), session })),
    attempts: await lastAttemptsOf(user.id, LAST),
    entries: await lastChangesTo(user, LAST),
    words: new AuditWords(i18n),
  })
}

/** Shows the person's current state to an administrator whose change came too late. */
export function showChangedPerson(ctx: HttpContext, user: User) {
  ctx.response.status(409)
  return showPerson(ctx, user, { problem: ctx.i18n.t('users.problems.stale') })
}

/** Says on the person's page what was done, or why it was not. */
export function backToPerson(
  { response, session }: HttpContext,
  user: User,
  message: { notice: string } | { problem: string }
) {
  for (const [kind, text] of Object.entries(message)) session.flash(kind, text)
  return response.redirect(addressOf(user), false, 303)
}

/** For somebody who is not an administrator any more, this does not exist. */
export function notFound({ request }: HttpContext): never {
  throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}

function addressOf({ publicId }: User) {
  return `/admin/users/${publicId}`
}
