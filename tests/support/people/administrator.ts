import User from '#models/user'
import { type Page, Visitor } from '#tests/support/visitor'

const PASSWORD = 'a long enough password'

/** A user signed in by password, as an administrator unless told otherwise. */
export async function signedInAs(
  role: 'admin' | 'member' = 'admin',
  language = 'ko',
  base?: string
) {
  const email = `${role}-${crypto.randomUUID()}@example.org`
  await User.create({ email, name: '김관리', password: PASSWORD, role })
  const visitor = new Administrator({ language, base })
  await visitor.signIn(email, PASSWORD)
  return visitor
}

/** Keeps every page it was shown, to search for what must not be in any. */
export class Administrator extends Visitor {
  readonly seen: Page[] = []

  async request(...args: Parameters<Visitor['request']>): Promise<Page> {
    const page = await super.request(...args)
    this.seen.push(page)
    return page
  }

  /** Fills in the form of a page, which posts to the page's own address. */
  async fillIn(path: string, fields: Record<string, string>): Promise<Page> {
    const page = await this.get(path)
    return this.submit(page, path, { ...page.hiddenFields(path), ...fields })
  }

  /** Presses a button on the page at `path` that posts to `action`. */
  async press(path: string, action: string, fields: Record<string, string> = {}): Promise<Page> {
    const page = await this.get(path)
    await this.submit(page, action, { ...page.hiddenFields(action), ...fields })
    return this.get(path)
  }

  /** Everything received: pages, headers and cookies. */
  get everythingSeen(): string {
    return this.seen
      .map(({ text, headers }) => text + JSON.stringify([...headers]))
      .concat(JSON.stringify([...this.cookies]))
      .join('\n')
  }
}
