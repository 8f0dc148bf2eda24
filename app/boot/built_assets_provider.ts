import ViteProvider from '@adonisjs/vite/vite_provider'

/**
 * For tests: pages with the built style sheet and script, as visitors get them.
 * The stock provider runs Vite's development server in tests, whose injected
 * styles the pages' security policy rightly refuses.
 */
export default class BuiltAssetsProvider extends ViteProvider {
  async start() {}
  async shutdown() {}
}
