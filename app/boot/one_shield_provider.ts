import edge from 'edge.js'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import type { ApplicationService } from '@adonisjs/core/types'

/**
 * Makes Shield's middleware once. Its own provider binds it in a way that builds every
 * guard anew for each request. tests/unit/shield.spec.ts fails once that is mended and
 * this can go.
 */
export default class OneShieldProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(ShieldMiddleware, async (resolver) => {
      const encryption = await resolver.make('encryption')
      return new ShieldMiddleware(this.app.config.get('shield'), encryption.use(), edge)
    })
  }
}
