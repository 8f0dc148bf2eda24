import { readdirSync, readFileSync } from 'node:fs'
import edge from 'edge.js'
import { test } from '@japa/runner'
import i18nManager from '@adonisjs/i18n/services/main'
import { presentSite } from '#site/present'
import { siteInWords } from '#site/words'
import { now } from '#time/clock'
import { projectRoot } from '#tests/support/servers/spawned_process'
import { t } from '#tests/support/texts'

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

  test('an empty value is a value, an empty list of classes is none', async ({ assert }) => {
    const html = await edge.renderRaw(
      `<option {{ html.attrs({ value: '', class: [], title: null, 'data-x"': 'one' }) }}>`
    )
    assert.equal(html, '<option value="" data-x&quot;="one">')
  })
})

test.group('What is said of mails', () => {
  for (const [mailsGoNowhere, said] of [
    [false, 'Sent.'],
    [true, t('common.mail_waits')],
  ] as const) {
    test(`where mails go ${mailsGoNowhere ? 'nowhere' : 'out'}, that is said`, async ({
      assert,
    }) => {
      const html = await edge.renderRaw(`@!mailSent({ text: 'Sent.', mailsGoNowhere })`, {
        t,
        mailsGoNowhere,
      })
      assert.include(html, said)
      assert.equal(html.includes('Sent.'), !mailsGoNowhere)
    })
  }
})

test.group('What is flashed', () => {
  for (const [name, role] of [
    ['problem', 'alert'],
    ['notice', 'status'],
  ]) {
    test(`a ${name} stands on whatever page comes next, once`, async ({ assert }) => {
      const i18n = i18nManager.locale('ko')
      const page = edge.share({
        i18n,
        t: i18n.t.bind(i18n),
        request: { url: () => '/' },
        siteNow: async () => siteInWords(await presentSite(null), i18n),
        flashMessages: { has: (one: string) => one === name, get: () => 'Said once.' },
      })
      const html = await page.renderRaw(`@layout({ title: 'Any' })\n  <h1>Any</h1>\n@end`)
      assert.lengthOf(html.split('Said once.'), 2)
      assert.match(html, new RegExp(`role="${role}">\\s*<p>Said once\\.</p>`))
    })
  }

  test('no page draws it again', ({ assert }) => {
    const views = `${projectRoot}resources/views/`
    const drawing = readdirSync(views, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.edge'))
      .filter((file) => readFileSync(views + file, 'utf8').includes('flashMessages'))
    assert.deepEqual(drawing, ['components/layout.edge'])
  })
})

test.group('Times', () => {
  const shown = (template: string, values: object) =>
    edge.renderRaw(template, { i18n: i18nManager.locale('ko'), ...values })

  for (const [gone, said] of [
    [{ days: 400 }, '1년 전'],
    [{ days: 215 }, '7개월 전'],
    [{ hours: 47 }, '1일 전'],
    [{ minutes: 4, seconds: 30 }, '4분 전'],
    [{ hours: -17 }, '17시간 후'],
  ] as const) {
    test(`only what has passed in full is counted: ${said}`, async ({ assert }) => {
      const at = now().minus(gone)
      assert.equal((await shown('{{ ago(at, i18n) }}', { at })).replace('\u00A0', ' '), said)
    })
  }

  test('a day and a time in Korea break between the two only', async ({ assert }) => {
    const at = now().set({ year: 2026, month: 11, day: 26, hour: 12, minute: 2 })
    const html = await shown('{{ dateAndTime(at, i18n, { withTime: true }) }}', { at })
    assert.deepEqual(html.split(' '), ['2026.\u00A011.\u00A026.', '오후\u00A09:02'])
  })
})
