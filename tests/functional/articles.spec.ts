import { test } from '@japa/runner'
import Article from '#models/article'
import { mostOf } from '#limits/limits'
import { emptyDatabase } from '#tests/support/database'
import { multiplyLimits } from '#tests/support/limits'
import { refusal, t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PASSWORD = 'a long enough password'

async function member(name: string) {
  const email = `${Math.random().toString(36).slice(2)}@example.com`
  const user = await makeUser({ name, email, password: PASSWORD })
  const visitor = new Visitor()
  await visitor.signIn(email, PASSWORD)
  return { user, visitor }
}

async function write(visitor: Visitor, fields: Record<string, string>) {
  const page = await visitor.get('/article/create')
  return visitor.submit(page, '/article/create', fields)
}

test.group('The board', (group) => {
  group.each.setup(emptyDatabase)

  test('a member writes; everybody reads, line breaks kept and markup shown as typed', async ({
    assert,
  }) => {
    const { visitor } = await member('김민준')
    const answer = await write(visitor, {
      title: '  <b>첫 글</b> ',
      body: '첫 줄\r\n\r\n  <script>alert(1)</script>\r\n끝',
    })
    assert.equal(answer.status, 303)
    assert.match(answer.location, /^\/article\/[\w-]{22}$/)

    const article = await Article.firstOrFail()
    assert.equal(article.title, '<b>첫 글</b>')
    assert.equal(article.body, '첫 줄\n\n  <script>alert(1)</script>\n끝')

    const page = await new Visitor().get(answer.location)
    assert.equal(page.status, 200)
    assert.deepEqual(page.wordsOf('article h1'), ['<b>첫 글</b>'])
    assert.include(page.text, '첫 줄\n\n  &lt;script&gt;')
    assert.include(page.words, '김민준')
    assert.notInclude(page.words, t('article.edit'))
    const own = await visitor.get(answer.location)
    assert.include(own.words, t('article.edit'))
    assert.include(own.statuses, t('article.created'))
  })

  test('a visitor who wants to write signs in first and is brought back', async ({ assert }) => {
    await makeUser({ email: 'writer@example.com', password: PASSWORD })
    const visitor = new Visitor()
    const sent = await visitor.get('/article/create')
    assert.equal(sent.location, '/user/login?next=%2Farticle%2Fcreate')

    const login = await visitor.get(sent.location)
    const next = login.fieldValue('next')!
    const answer = await visitor.submit(login, '/user/login', {
      email: 'writer@example.com',
      password: PASSWORD,
      next,
    })
    assert.equal(answer.location, '/article/create')
    assert.equal((await visitor.get(answer.location)).status, 200)
  })

  test('what was written survives the end of the session, and is not posted', async ({
    assert,
  }) => {
    const { user, visitor } = await member('김민준')
    const form = await visitor.get('/article/create')
    const fields = { title: '긴 글', body: '오래 쓴 글입니다.' }

    await user.endSessions()
    const signedOut = await visitor.submit(form, '/article/create', fields)
    assert.equal(signedOut.status, 401)
    assert.include(signedOut.alerts, t('article.signed_out'))
    assert.include(signedOut.words, '오래 쓴 글입니다.')

    /* Signing in in another window gives the browser a new form session. */
    await visitor.signIn(user.email!, PASSWORD)
    const expired = await visitor.submit(signedOut, '/article/create', fields)
    assert.equal(expired.status, 403)
    assert.include(expired.alerts, t('article.expired'))
    assert.include(expired.words, '오래 쓴 글입니다.')
    assert.lengthOf(await Article.all(), 0)

    assert.equal((await visitor.submit(expired, '/article/create', fields)).status, 303)
    assert.lengthOf(await Article.all(), 1)
  })

  for (const [what, fault, rule, max] of [
    ['an empty title', { title: ' \u3164 ' }, 'required'],
    ['a title that shows nothing', { title: '\u2800\u115f\u200d' }, 'required'],
    ['an empty text', { body: '\r\n \r\n' }, 'required'],
    ['a text that shows nothing', { body: '\u3164\r\n\u2800 \ufeff' }, 'required'],
    ['a title of 201 characters', { title: '가'.repeat(201) }, 'maxLength', 200],
    ['a text of 20,001 characters', { body: '가'.repeat(20_001) }, 'maxLength', 20_000],
    ['a NUL byte', { title: 'a\0b' }, 'characters'],
    ['a control character in the text', { body: 'a\u0008b' }, 'characters'],
    ['a title of two lines', { title: 'a\nb' }, 'characters'],
  ] as const) {
    test(`${what} is refused beside its field and the rest is kept`, async ({ assert }) => {
      const { visitor } = await member('김민준')
      const fields = { title: '제목', body: '내용', ...fault }
      const answer = await write(visitor, fields)
      assert.equal(answer.status, 422)
      const [field] = Object.keys(fault)
      assert.deepEqual(answer.valuesOf('[aria-invalid=true]', 'name'), [field])
      assert.equal(answer.complaint(field), refusal(rule, { field, ...(max && { max }) }))
      if (fields.body.trim()) assert.include(answer.text, fields.body.slice(0, 2))
      assert.lengthOf(await Article.all(), 0)
    })
  }

  test('a title of emoji keeps what joins them, at its ends too', async ({ assert }) => {
    const { visitor } = await member('김민준')
    const title = '❤️ 👩🏽‍🚀 🏴󠁧󠁢󠁥󠁮󠁧󠁿'
    const answer = await write(visitor, { title: `\u3164${title}\u200b\u2800`, body: '내용' })
    assert.equal(answer.status, 303)
    assert.equal((await Article.firstOrFail()).title, title)
  })

  test('what somebody writes is not read before it is known who does', async ({ assert }) => {
    const stranger = new Visitor()
    const page = await stranger.get('/user/login')
    const answer = await stranger.submit(page, '/article/create', { title: '', body: '' })
    assert.equal(answer.status, 401)
    assert.isFalse(answer.has('.field__error'))
  })

  test('of many articles the last is not posted, and stays in its form', async ({ assert }) => {
    const restore = multiplyLimits(0.1)
    try {
      const { visitor } = await member('김민준')
      const another = await member('이서연')
      const page = await visitor.get('/article/create')
      const send = (title: string) =>
        visitor.submit(page, '/article/create', { title, body: '오래 쓴 글입니다.' })
      for (let count = 1; count < mostOf('articles'); count++) await send(`글 ${count}`)
      const { location } = await send('고칠 글')
      assert.lengthOf(await Article.all(), mostOf('articles'))

      const refused = await send('하나 더')
      assert.equal(refused.status, 429)
      const seconds = Number(refused.headers.get('retry-after'))
      assert.isAbove(seconds, 0)
      const when = `${Math.ceil(seconds / 60)}분 후`
      assert.include(refused.alerts, t('article.too_many', { when }))
      assert.include(refused.words, '오래 쓴 글입니다.')
      const changed = await visitor.submit(page, `${location}/update`, { title: 'x', body: 'y' })
      assert.equal(changed.status, 429)
      assert.lengthOf(await Article.all(), mostOf('articles'))

      assert.equal((await write(another.visitor, { title: '글', body: '글' })).status, 303)
    } finally {
      restore()
    }
  })

  test('the longest title and text fit, in characters and not in bytes', async ({ assert }) => {
    const { visitor } = await member('김민준')
    const body = `${'힣'.repeat(9_999)}\r\n${'힣'.repeat(10_000)}`
    const answer = await write(visitor, { title: '힣'.repeat(200), body })
    assert.equal(answer.status, 303)
    const article = await Article.firstOrFail()
    assert.lengthOf(article.title, 200)
    assert.lengthOf(article.body, 20_000)
  })

  test('lists for texts, unknown fields and broken bytes are no error of ours', async ({
    assert,
  }) => {
    const { visitor } = await member('김민준')
    const { csrf } = await visitor.get('/article/create')
    const token = `_csrf=${encodeURIComponent(csrf)}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const [body, status] of [
      [`${token}&title[]=a&title[]=b&body=c`, 422],
      [`${token}&title[x]=a&body[y]=c`, 422],
      [`${token}&title=a&body=c&user_id=99&publicId=x`, 303],
      [`${token}&title=%ff%fe&body=%c3%28`, 303],
      [token, 422],
      [`${token}&title=a&body=${'x'.repeat(600_000)}`, 413],
    ] as const) {
      const answer = await visitor.request('/article/create', { method: 'POST', headers, body })
      assert.equal(answer.status, status, body.slice(-60))
    }
    const article = await Article.query().where('title', 'a').firstOrFail()
    assert.notEqual(article.userId, 99)
    assert.match(article.publicId, /^[\w-]{22}$/)
  })

  test('the author edits; nobody else does', async ({ assert }) => {
    const author = await member('김민준')
    const other = await member('이서연')
    const { location } = await write(author.visitor, { title: '제목', body: '내용' })
    const edit = `${location}/update`

    const form = await author.visitor.get(edit)
    assert.equal(form.fieldValue('title'), '제목')
    const saved = await author.visitor.submit(form, edit, { title: '새 제목', body: '새 내용' })
    assert.equal(saved.location, location)
    assert.equal((await Article.firstOrFail()).title, '새 제목')

    assert.equal((await other.visitor.get(edit)).status, 403)
    const home = await other.visitor.get('/')
    assert.equal((await other.visitor.submit(home, edit, { title: 'x', body: 'y' })).status, 403)

    const visitor = new Visitor()
    assert.include((await visitor.get(edit)).location, '/user/login?next=')
    const page = await visitor.get('/user/login')
    assert.equal((await visitor.submit(page, edit, { title: 'x', body: 'y' })).status, 401)
    assert.equal((await Article.firstOrFail()).title, '새 제목')
  })

  test('a form without its token changes nothing', async ({ assert }) => {
    const { visitor } = await member('김민준')
    const answer = await visitor.post('/article/create', { title: 'x', body: 'y' })
    assert.equal(answer.status, 403)
    assert.lengthOf(await Article.all(), 0)
  })

  test('an article outlives its author, and one without a name has a word for it', async ({
    assert,
  }) => {
    const { user, visitor } = await member('')
    const { location } = await write(visitor, { title: '제목', body: '내용' })
    assert.include((await new Visitor().get(location)).words, t('article.author_nameless'))

    await user.delete()
    for (const path of [location, '/article']) {
      assert.include((await new Visitor().get(path)).words, t('article.author_left'))
    }
  })

  test('the list comes in pages, newest first', async ({ assert }) => {
    for (let count = 1; count <= 45; count++) {
      await Article.create({ title: `글 ${count}번`, body: '내용', userId: null })
    }
    const visitor = new Visitor()
    const first = await visitor.get('/article')
    const titles = first.wordsOf('.board__title')
    assert.lengthOf(titles, 20)
    assert.deepEqual([titles[0], titles.at(-1)], ['글 45번', '글 26번'])
    assert.include(first.words, t('common.pagination.place', { page: 1, last: 3 }))
    assert.include((await visitor.get('/article?page=3')).words, '글 1번')

    assert.equal((await visitor.get('/article?page=9')).location, '/article?page=3')
    for (const page of ['0', '-1', 'x', '1.5', '1e99', '[]', '%00', '2&page=3']) {
      assert.isBelow((await visitor.get(`/article?page=${page}`)).status, 400, page)
    }
    assert.equal((await visitor.get('/article?page[]=1')).status, 200)
  })

  for (const id of ['nothing', '1', '%00', '%ff', "'", 'a'.repeat(5_000)]) {
    test(`no article ${id.slice(0, 10)}: 4xx`, async ({ assert }) => {
      const { status } = await new Visitor().get(`/article/${id}`)
      assert.isTrue(status >= 400 && status < 500, String(status))
    })
  }

  test('an empty board says so, also in English', async ({ assert }) => {
    assert.include((await new Visitor().get('/article')).words, t('article.none'))
    const english = await new Visitor({ language: 'en' }).get('/article')
    assert.include(english.words, t('article.none', {}, 'en'))
  })
})
