import type { HttpContext } from '@adonisjs/core/http'
import { showPerson } from '#controllers/admin/people/person_page'
import { cursorIn, pageLinks } from '#searches/cursor_page'
import Provider from '#models/provider'
import User from '#models/user'
import { findUsers } from '#searches/user_search'
import { Filter } from '#validators/filter'

/** The people who have an account here. */
export default class UsersController {
  /** `GET /admin/users`: search, filter, one page by cursor. */
  async index({ request, view }: HttpContext) {
    const providers = await Provider.query().orderBy('position').orderBy('id')
    const filter = new Filter(request.qs())
    const key = filter.choice(
      'provider',
      providers.map((provider) => provider.key)
    )
    const page = await findUsers(
      {
        search: filter.text('search'),
        role: filter.choice('role', ['admin', 'member']),
        state: filter.choice('state', ['active', 'suspended']),
        email: filter.choice('email', ['with', 'without']),
        providerId: providers.find((provider) => provider.key === key)?.id ?? null,
      },
      cursorIn(request.qs())
    )
    return view.render('pages/admin/users/index', {
      users: page.rows,
      links: pageLinks(page, filter.chosen),
      chosen: filter.chosen,
      providers,
    })
  }

  /** `GET /admin/users/:id` */
  async show(ctx: HttpContext) {
    return showPerson(ctx, await User.findByOrFail('publicId', ctx.params.id))
  }
}
