import { Edge } from 'edge.js'
import { test } from '@japa/runner'
import { rememberComponents } from '#start/components'
import { projectRoot } from '#tests/support/servers/spawned_process'

/** An instance as AdonisJS makes it for production, and how often it reads its folders. */
function inProduction({ remembered }: { remembered: boolean }) {
  const edge = new Edge()
  edge.configure({ cache: true })
  edge.mount(`${projectRoot}resources/views`)
  const reads = { count: 0 }
  const { loader } = edge
  const list = loader.listComponents.bind(loader)
  loader.listComponents = () => {
    reads.count++
    return list()
  }
  if (remembered) rememberComponents(edge)
  return { edge, reads }
}

test.group('Components of the pages', () => {
  test('are looked for once, however many pages are rendered', async ({ assert }) => {
    const { edge, reads } = inProduction({ remembered: true })
    for (let time = 0; time < 3; time++) {
      const html = await edge.createRenderer().renderRaw(`@!alert({ text: 'open' })`)
      assert.include(html, '<p>open</p>')
    }
    assert.equal(reads.count, 1)
  })

  test('Edge itself still looks for them each time; else start/components.ts can go', ({
    assert,
  }) => {
    const { edge, reads } = inProduction({ remembered: false })
    edge.createRenderer()
    edge.createRenderer()
    assert.equal(reads.count, 2)
  })
})
