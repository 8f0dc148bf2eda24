import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'

const NOT_OURS = ['.git', 'build', 'coverage', 'node_modules', 'public', 'tmp']

const files = readdirSync(projectRoot, { withFileTypes: true })
  .filter(({ name }) => !NOT_OURS.includes(name))
  .flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name]
    const inside = readdirSync(join(projectRoot, entry.name), { recursive: true, encoding: 'utf8' })
    return inside
      .filter((path) => !path.includes('node_modules'))
      .map((path) => posix.join(entry.name, path))
  })
const documents = files.filter((file) => file.endsWith('.md'))
const sources = files.filter((file) => /\.(ts|js|edge|json|ya?ml|example)$/.test(file))

function textOf(file: string) {
  return readFileSync(join(projectRoot, file), 'utf8')
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(file: string) {
  return [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )
}

function hasAnchor(file: string, anchor: string | undefined) {
  return anchor === undefined || anchorsOf(file).includes(anchor)
}

/** Links to other places of the repository: not those to the web. */
function linksIn(file: string) {
  return [...textOf(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].map(([, link]) => link)
}

/** Documents that a source names in full (`docs/design.md`) or, if only one has it, by file name. */
function citationsIn(file: string) {
  const cited = textOf(file).matchAll(/(?<![\w/.*-])([\w./-]*\w\.md)(?:#([\w-]+))?/gi)
  return [...cited].map(([citation, path, anchor]) => ({ citation, path, anchor }))
}

function documentsNamed(path: string, from: string) {
  if (path.startsWith('.')) return [posix.join(dirname(from), path)]
  if (documents.includes(path)) return [path]
  return documents.filter((document) => posix.basename(document) === path)
}

test.group('Documents', () => {
  test('have no link that leads nowhere', ({ assert }) => {
    const broken = documents.flatMap((document) =>
      linksIn(document).flatMap((link) => {
        const [path, anchor] = link.split('#')
        const target = path === '' ? document : posix.join(dirname(document), path)
        const leadsThere =
          existsSync(join(projectRoot, target)) &&
          (!target.endsWith('.md') || hasAnchor(target, anchor))
        return leadsThere ? [] : [`${document}: ${link}`]
      })
    )
    assert.deepEqual(broken, [])
  })

  test('are all reached by links from the README', ({ assert }) => {
    const reached = new Set(['README.md'])
    for (const document of reached) {
      for (const link of linksIn(document)) {
        const target = posix.join(dirname(document), link.split('#')[0])
        for (const each of documents) {
          if (each === target || (dirname(each) === target && !target.endsWith('.md'))) {
            reached.add(each)
          }
        }
      }
    }
    assert.deepEqual(
      documents.filter((document) => !reached.has(document)),
      []
    )
  })

  test('that comments, messages and tests cite are here, with the headings they name', ({
    assert,
  }) => {
    const unknown = sources.flatMap((source) =>
      citationsIn(source).flatMap(({ citation, path, anchor }) => {
        const [document, ...others] = documentsNamed(path, source)
        const isThere =
          document !== undefined &&
          others.length === 0 &&
          documents.includes(document) &&
          hasAnchor(document, anchor)
        return isThere ? [] : [`${source}: ${citation}`]
      })
    )
    assert.deepEqual(unknown, [])
  })

  test('give the Korean of a word as the pages have it', ({ assert }) => {
    const pages = files.filter((file) => file.startsWith('resources/lang/ko/')).map(textOf)
    const cells = textOf('docs/glossary.md').matchAll(/^\| \*\*.*\| *([^|]*?) *\|$/gm)
    const words = [...cells].map(([, korean]) => korean).filter((korean) => korean !== '')
    assert.isAbove(words.length, 20)
    assert.deepEqual(
      words.filter((korean) => !pages.some((page) => page.includes(korean))),
      []
    )
  })
})
