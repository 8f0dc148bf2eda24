import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ReorderProviders } from '#actions/providers/reorder_providers'
import { actorOf } from '#audit/actor'
import { showProviders } from '#controllers/admin/providers/providers_controller'
import { providerOrderValidator } from '#validators/provider'

/** The order of the providers, which is also the order of their buttons. */
export default class ProviderOrdersController {
  /** Takes the rows in page order, and moves one of them if its button was pressed. */
  @inject()
  async update(ctx: HttpContext, reorderProviders: ReorderProviders) {
    const { request, response, session, i18n } = ctx
    const [error, form] = await providerOrderValidator.tryValidate(request.body())
    if (error) return showProviders(ctx, { stale: true })

    const { ids, version, up, down } = form
    const reordering = await reorderProviders.handle({
      order: moved(moved(ids, up, -1), down, 1),
      version,
      actor: actorOf(ctx),
    })
    if (reordering.kind === 'stale') return showProviders(ctx, { stale: true })

    session.flash('notice', i18n.t('provider.order.saved'))
    return response.redirect('/admin/providers', false, 303)
  }
}

/** The list with one of its ids moved one place, if there is a place to move to. */
function moved(ids: string[], id: string | undefined, by: 1 | -1): string[] {
  const from = id === undefined ? -1 : ids.indexOf(id)
  const to = from + by
  if (from === -1 || to < 0 || to >= ids.length) return ids
  return ids.with(from, ids[to]).with(to, ids[from])
}
