import { readdirSync } from 'node:fs'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'

const FOLDER = `${projectRoot}app/validators/`

/** What Vine has compiled a schema to, as far as it is looked at here. */
interface Node {
  type: string
  subtype?: string
  propertyName: string
  validations: { name: string }[]
  properties?: Node[]
  each?: Node
}

/** Every field of text in a schema, with the path that leads to it. */
function textsIn(node: Node, path = ''): { path: string; rules: string[] }[] {
  const here = node.propertyName ? `${path}.${node.propertyName}` : path
  const inside = [...(node.properties ?? []), ...(node.each ? [node.each] : [])]
  const own = { path: here, rules: node.validations.map(({ name }) => name) }
  return [
    ...(node.subtype === 'string' ? [own] : []),
    ...inside.flatMap((child) => textsIn(child, here)),
  ]
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
const texts: { path: string; rules: string[] }[] = []
for (const file of files) {
  const exported = await import(`#validators/${file.replace(/\.ts$/, '')}`)
  for (const [name, one] of Object.entries<any>(exported)) {
    if (typeof one?.toJSON !== 'function') continue
    texts.push(...textsIn(one.toJSON().schema.schema, name))
  }
}

test.group('Of what somebody sends, the length is looked at first', () => {
  for (const { path, rules } of texts) {
    test(path, ({ assert }) => {
      assert.include(rules, 'maxLength')
      assert.match(rules[0], /^(min|max)Length$/)
    })
  }

  test('there are such fields', ({ assert }) => assert.isAbove(texts.length, 40))
})
