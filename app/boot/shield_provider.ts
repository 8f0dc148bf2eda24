import edge from 'edge.js'
import type { ApplicationService } from '@adonisjs/core/types'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'

/**
 * In place of Shield's own provider, which makes the middleware and all of its guards anew
 * for every request, with an `import()` each time. The middleware holds nothing of one.
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
