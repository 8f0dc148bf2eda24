import type { Edge } from 'edge.js'

/**
 * Makes Edge read its component folders only once, as it intends to where templates are
 * cached. Its plugin decides whether every renderer reads them again when the instance is
 * created, before AdonisJS says that templates are cached, so production read the whole
 * tree on every request. tests/unit/components.spec.ts fails once that is fixed and this
 * can go.
 */
export function rememberComponents({ loader }: Edge) {
  const list = loader.listComponents.bind(loader)
  let known: ReturnType<typeof list> | undefined
  loader.listComponents = () => (known ??= list())
}
