import type { Edge } from 'edge.js'

/**
 * Has Edge read the folders of its components once, as it means to where templates
 * are cached. Its plugin decides whether to look again at every renderer when the
 * instance is made, before AdonisJS says that templates are cached, so production read
 * the whole tree for every request. tests/unit/components.spec.ts tells when that is
 * mended and this can go.
 */
export function rememberComponents({ loader }: Edge) {
  const list = loader.listComponents.bind(loader)
  let known: ReturnType<typeof list> | undefined
  loader.listComponents = () => (known ??= list())
}
