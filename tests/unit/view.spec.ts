import edge from 'edge.js'
import { test } from '@japa/runner'

test.group('Attributes of components', () => {
  test('what somebody typed cannot end an attribute', async ({ assert }) => {
    const html = await edge.renderRaw('<input {{ html.attrs({ value, class: [value] }) }}>', {
      value: `"'><script>&amp;`,
    })
    const escaped = '&quot;&#x27;&gt;&lt;script&gt;&amp;amp;'
    assert.equal(html, `<input value="${escaped}" class="${escaped}">`)
  })

  test('0 is a value, false and nothing are none', async ({ assert }) => {
    const html = await edge.renderRaw(
      '<input {{ html.attrs({ value: 0, hidden: false, name: undefined, required: true }) }}>'
    )
    assert.equal(html, '<input value="0" required>')
  })
})
