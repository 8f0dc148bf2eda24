import type { HttpContext } from '@adonisjs/core/http'
import { INTENTS } from '#database/enums'
import { deviceOf } from '#auth/device'
import { type AttemptFilter, findAttempts, OUTCOME_GROUPS } from '#searches/attempt_search'
import { normalizeEmail } from '#text/email'
import { cursorIn, pageLinks } from '#searches/cursor_page'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { FAILURES } from '#trip/failure'
import { Filter } from '#validators/filter'

const SHOWN_INTENTS = INTENTS.filter((intent) => intent !== 'trial')

/** Why a password sign-in can fail, besides the reasons why a trip to a provider can. */
const FAILURE_NAMES = ['credentials', ...Object.keys(FAILURES)]

/** Every attempt to sign in, for as long as they are kept; trials have their own page. */
export default class SignInsController {
  /** `GET /admin/sign_ins` */
  async index({ request, view }: HttpContext) {
    const providers = await Provider.query().orderBy('position').orderBy('id')
    const filter = new Filter(request.qs())
    const person = await this.#person(filter.text('person'))
    const wish: AttemptFilter = {
      provider: this.#provider(filter, providers),
      intent: filter.choice('intent', SHOWN_INTENTS),
      ending: filter.choice('ending', OUTCOME_GROUPS),
      failure: filter.choice('failure', FAILURE_NAMES),
      /* An unknown person matches no attempts. */
      userId: person === undefined ? null : (person?.id ?? 0),
      period: filter.period(),
    }
    const page = await findAttempts(wish, cursorIn(request.qs()))
    return view.render('pages/admin/sign_ins/index', {
      attempts: page.rows,
      links: pageLinks(page, filter.chosen),
      chosen: filter.chosen,
      person,
      providers,
      choices: { intents: SHOWN_INTENTS, endings: OUTCOME_GROUPS, failures: FAILURE_NAMES },
    })
  }

  /** `GET /admin/sign_ins/:id` */
  async show({ params, view }: HttpContext) {
    const attempt = await SignInAttempt.query()
      .where('publicId', params.id)
      .whereNot('intent', 'trial')
      .preload('provider')
      .preload('credential')
      .preload('user')
      .preload('actor')
      .firstOrFail()
    return view.render('pages/admin/sign_ins/show', {
      attempt,
      device: deviceOf(attempt.userAgent),
      parent: attempt.parentId === null ? null : await SignInAttempt.find(attempt.parentId),
      again: await SignInAttempt.findBy('parentId', attempt.id),
    })
  }

  #provider(filter: Filter, providers: Provider[]): AttemptFilter['provider'] {
    const keys = providers.map(({ key }) => key)
    const chosen = filter.choice('provider', [...keys, 'password'])
    const provider = providers.find(({ key }) => key === chosen)
    return provider?.id ?? (chosen === 'password' ? 'password' : null)
  }

  /** Finds by address or public id; `null`: nobody has it, `undefined`: not asked for. */
  async #person(text: string | null): Promise<User | null | undefined> {
    if (text === null) return undefined
    const byId = await User.findBy('publicId', text)
    return byId ?? (await User.withEmail(normalizeEmail(text)))
  }
}
