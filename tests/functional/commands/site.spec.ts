import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { Visitor } from '#tests/support/visitor'

async function shown() {
  const { output } = await aceHere(['site:show', '--json'])
  return JSON.parse(output.slice(output.indexOf('{')))
}

test.group('The site on the command line', (group) => {
  group.each.setup(() => emptyDatabase())
  group.each.timeout(60_000)

  test('is named by it, and running processes show that with the next request', async ({
    assert,
  }) => {
    assert.include((await new Visitor().get('/')).text, '<title>대문</title>')
    const named = await ace([
      ...['site:set', '--name=달빛책방', '--name-en=Moonlight Books', '--contact=02-123-4567'],
      ...['--board=off', '--email-sign-up=off', '--sign-up=on', '--color=A03'],
    ])
    assert.equal(named.code, 0, named.output)
    assert.include((await new Visitor().get('/')).text, '<title>달빛책방</title>')
    assert.include((await new Visitor({ language: 'en' }).get('/')).text, 'Moonlight Books')
    assert.equal((await new Visitor().get('/article')).status, 404)
    assert.containSubset(await shown(), {
      name: '달빛책방',
      nameEn: 'Moonlight Books',
      contact: '02-123-4567',
      color: '#aa0033',
      board: false,
      emailSignUp: false,
      signUp: true,
    })

    await aceHere(['site:set', '--name-en=', '--color=', '--board=on'])
    const after = { name: '달빛책방', nameEn: null, color: null, board: true }
    assert.containSubset(await shown(), after)
    const entries = await AuditEntry.query().where('action', 'site.changed')
    assert.deepEqual(
      entries.map(({ via }) => via),
      ['command', 'command']
    )
  })

  test('links terms and a privacy policy, which are required; another address is a new version', async ({
    assert,
  }) => {
    const [terms, privacy] = ['https://moon.example/terms', 'https://moon.example/privacy']
    await aceHere(['site:set', `--terms-url=${terms}`, `--privacy-url=${privacy}`])
    assert.containSubset((await shown()).documents, [
      { key: 'terms', url: terms, required: true, number: 1 },
      { key: 'privacy', url: privacy, required: true, number: 1 },
    ])
    await aceHere(['site:set', `--terms-url=${terms}`, `--privacy-url=${privacy}/2`])
    const { documents } = await shown()
    assert.deepEqual(
      documents.map(({ number }: { number: number }) => number),
      [1, 2]
    )
    assert.include((await new Visitor().get('/')).links, `${privacy}/2`)
  })

  for (const [wrong, args] of [
    ['an address that would run', ['--terms-url=javascript:alert(1)', '--board=off']],
    ['a switch that is neither', ['--name=다른', '--board=maybe']],
    ['a name that is too long', [`--name=${'가'.repeat(51)}`, '--board=off']],
    ['a colour that cannot be read', ['--color=#fee500', '--board=off']],
    ['nothing', []],
  ] as const) {
    test(`refuses ${wrong}, and changes nothing`, async ({ assert }) => {
      const { code } = await aceHere(['site:set', ...args])
      assert.equal(code, 1)
      assert.containSubset(await shown(), { name: null, board: true })
    })
  }
})
