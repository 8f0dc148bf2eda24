import { readdirSync, readFileSync } from 'node:fs'

/* So many characters in a row that are also in a text of `resources/lang` are no accident. */
const TELLING = { ko: 7, en: 28 }

const HANGUL = /[\uAC00-\uD7A3]/u
const KOREAN = /(?:[\uAC00-\uD7A3].*){4}/u
const folder = new URL('../../../resources/lang/', import.meta.url)

function* textsIn(tree, path) {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') yield [`${path}.${name}`, value]
    else yield* textsIn(value, `${path}.${name}`)
  }
}

/** The key of every stretch of that many characters, in what a language says without values. */
function stretchesOf(language) {
  const keys = new Map()
  for (const file of readdirSync(new URL(`${language}/`, folder))) {
    const tree = JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8'))
    for (const [key, text] of textsIn(tree, file.replace('.json', ''))) {
      for (const part of text.split(/\{[^{}]*\}|[{}]/)) {
        for (const stretch of stretchesIn(part, language)) keys.set(stretch, key)
      }
    }
  }
  return keys
}

function* stretchesIn(text, language) {
  const length = TELLING[language]
  for (let at = 0; at + length <= text.length; at++) {
    const stretch = text.slice(at, at + length)
    if (language === 'en' || KOREAN.test(stretch)) yield stretch
  }
}

const stretches = { ko: stretchesOf('ko'), en: stretchesOf('en') }

/** The key of a text that holds a good part of these words. */
function keyOf(words, language) {
  const known = stretches[language]
  for (const stretch of stretchesIn(words, language)) {
    if (known.has(stretch)) return known.get(stretch)
  }
  return null
}

const isAssertion = ({ type, callee }) =>
  type === 'CallExpression' && callee.object?.name === 'assert'

/**
 * ESLint: a test asks for a text of `resources/lang` by its key. English is looked for in
 * assertions only, since tests are written in it.
 */
export const copiedText = {
  meta: {
    type: 'problem',
    messages: { copied: 'A text of resources/lang: ask for it by its key, t(`{{ key }}`).' },
  },
  create({ report, sourceCode }) {
    const check = (node, words) => {
      const language = HANGUL.test(words) ? 'ko' : 'en'
      const asserted = sourceCode.getAncestors(node).some(isAssertion)
      if (language === 'en' && !asserted) return
      const key = keyOf(words, language)
      if (key) report({ node, messageId: 'copied', data: { key } })
    }
    return {
      Literal(node) {
        if (node.regex) check(node, node.regex.pattern.replaceAll('\\', ''))
        else if (typeof node.value === 'string') check(node, node.value.trim())
      },
      TemplateElement(node) {
        check(node, node.value.cooked.trim())
      },
    }
  },
}
