import { type HTMLElement, parse } from 'node-html-parser'

/** HTML as a test asks about it, parsed once and only if it is asked anything. */
export class Markup {
  #root?: HTMLElement

  constructor(readonly text: string) {}

  /** What is read on it: all text, with a space wherever an element begins or ends. */
  get words(): string {
    /* The parser takes the doctype for text. */
    return wordsIn(this.#all('html')[0] ?? this.#parsed)
  }

  /** The words of each element with `role="alert"`. */
  get alerts(): string[] {
    return this.wordsOf('[role=alert]')
  }

  /** The words of each element with `role="status"`. */
  get statuses(): string[] {
    return this.wordsOf('[role=status]')
  }

  /** The words of each row in the bodies of its tables. */
  get rows(): string[] {
    return this.wordsOf('tbody tr')
  }

  /** The words of each element that a CSS selector finds. */
  wordsOf(selector: string): string[] {
    return this.#all(selector).map(wordsIn)
  }

  /** The value of an attribute of each element that a CSS selector finds. */
  valuesOf(selector: string, attribute: string): string[] {
    return this.#all(selector).flatMap((element) => element.getAttribute(attribute) ?? [])
  }

  /** The values of all attributes of each element that a CSS selector finds. */
  attributesOf(selector: string): string[] {
    return this.#all(selector).flatMap(({ attributes }) => Object.values(attributes))
  }

  has(selector: string): boolean {
    return this.#all(selector).length > 0
  }

  /** Where its links lead. */
  get links(): string[] {
    return this.valuesOf('a', 'href')
  }

  /** Where its forms post. */
  get actions(): string[] {
    return this.valuesOf('form', 'action')
  }

  /** After how many seconds it goes on by itself, and where to: `null` for where it is. */
  get refresh(): { seconds: number; to: string | null } | null {
    const [content] = this.valuesOf('meta[http-equiv=refresh]', 'content')
    if (content === undefined) return null
    const [seconds, to = null] = content.split(';url=')
    return { seconds: Number(seconds), to }
  }

  /** The complaint beside a field, empty if there is none. */
  complaint(field: string): string {
    return this.wordsOf(`[id="${field}-error"]`)[0] ?? ''
  }

  /** The value of the first `input` with this name. */
  fieldValue(name: string): string | undefined {
    return this.#all(`input[name="${name}"]`)[0]?.getAttribute('value')
  }

  /** The text in a `textarea`, with its line breaks; empty if there is none. */
  textIn(id: string): string {
    return this.#all(`textarea[id="${id}"]`)[0]?.text ?? ''
  }

  /** The hidden CSRF field that every form carries. */
  get csrf(): string {
    return this.fieldValue('_csrf') ?? ''
  }

  /** What a browser automatically sends with the form to `action`, beside the CSRF token. */
  hiddenFields(action: string): Record<string, string> {
    const form = this.#all(`form[action="${action}"]`)[0]
    const fields = form?.querySelectorAll('input[type=hidden]:not([name=_csrf])') ?? []
    return Object.fromEntries(
      fields.map((field) => [field.getAttribute('name'), field.getAttribute('value') ?? ''])
    )
  }

  #all(selector: string) {
    return this.#parsed.querySelectorAll(selector)
  }

  get #parsed() {
    const unread = { script: false, style: false }
    return (this.#root ??= parse(this.text, { blockTextElements: unread }))
  }
}

function wordsIn(element: HTMLElement): string {
  const texts = (node: HTMLElement['childNodes'][number]): string[] =>
    node.childNodes.length > 0 ? node.childNodes.flatMap(texts) : [node.text]
  return texts(element).join(' ').replace(/\s+/g, ' ').trim()
}
