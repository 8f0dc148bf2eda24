import { configProvider } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { ConfigProvider } from '@adonisjs/core/types'
import type {
  SessionData,
  SessionStoreContract,
  SessionStoreFactory,
} from '@adonisjs/session/types'
import { readCookie } from '#auth/cookies'
import { FormCookieStore } from '#auth/form_cookie_store'

/**
 * Keeps members' form sessions in a store on the server and strangers' in their browsers,
 * so that opening a page a million times creates no rows.
 */
class MembersFormStore implements SessionStoreContract {
  readonly #browser: FormCookieStore

  constructor(
    readonly ctx: HttpContext,
    readonly members: SessionStoreContract
  ) {
    this.#browser = new FormCookieStore(ctx)
  }

  async read(id: string): Promise<SessionData | null> {
    const kept = this.#browser.read(id)
    if (kept || readCookie(this.ctx, 'session') === undefined) return kept
    return this.members.read(id)
  }

  async write(id: string, values: SessionData) {
    if (!this.#isMembers) return this.#browser.write(id, values)
    await this.members.write(id, values)
    this.#browser.clear()
  }

  async destroy(id: string) {
    this.#browser.destroy()
    if (readCookie(this.ctx, 'session') !== undefined) await this.members.destroy(id)
  }

  async touch(id: string) {
    if (this.#isMembers) await this.members.touch(id)
  }

  /** Whether the answer is for someone who is signed in by now. */
  get #isMembers() {
    return 'auth' in this.ctx && this.ctx.auth.use('web').session !== undefined
  }
}

/** @param provided the store for members */
export function forMembers(provided: ConfigProvider<SessionStoreFactory>) {
  return configProvider.create(async (app): Promise<SessionStoreFactory> => {
    const makeStore = await provided.resolver(app)
    return (ctx, config) => new MembersFormStore(ctx, makeStore(ctx, config))
  })
}
