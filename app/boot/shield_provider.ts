import edge from 'edge.js'
import type { ApplicationService } from '@adonisjs/core/types'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'

/**
 * Replaces Shield's own provider, which builds the middleware and all of its guards for
 * every request, with an `import()` each time. The middleware keeps nothing of a request.
 */
export default class ShieldProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(ShieldMiddleware, async () => {
      const encryption = await this.app.container.make('encryption')
      return new ShieldMiddleware(this.app.config.get('shield'), encryption.use(), edge)
    })
  }
}
