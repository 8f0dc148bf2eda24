import type { HttpContext } from '@adonisjs/core/http'
import { chartOf } from '#health/chart'
import { Tally } from '#health/endings'
import { figuresOf, type Figures } from '#health/figures'
import { PERIOD_NAMES, periodNamed } from '#health/period'
import Provider from '#models/provider'
import { FAILURES, isFailureName } from '#trip/failure'

/** How a provider is doing: what its trips came to, over time, by reason and by credential. */
export default class ProviderHealthController {
  async show({ params, request, view }: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', params.id)
    await provider.load('credentials', (query) => query.orderBy('id', 'desc'))
    const figures = await figuresOf(provider, periodNamed(request.qs().period))
    return view.render('pages/admin/provider_health/show', {
      provider,
      figures,
      periods: PERIOD_NAMES,
      chart: chartOf(figures.buckets),
      reasons: figures.total.reasons.map(({ reason, trips }) => ({
        reason,
        trips,
        /* Interrupted trips were interrupted in this application. */
        whose: isFailureName(reason) ? FAILURES[reason] : 'site',
      })),
      credentials: this.#byCredential(provider, figures),
    })
  }

  /** Credentials in use appear even when nobody came with them; deleted ones come last. */
  #byCredential({ credentials }: Provider, figures: Figures) {
    const known = credentials
      .filter(({ id, status }) => figures.credentials.has(id) || /^(active|retiring)$/.test(status))
      .map((credential) => ({
        credential,
        tally: figures.credentials.get(credential.id) ?? new Tally(),
      }))
    const gone = figures.credentials.get(null)
    return gone ? [...known, { credential: null, tally: gone }] : known
  }
}
