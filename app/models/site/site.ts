import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SiteSchema } from '#database/schema'
import { packVersion } from '#database/version'
import { newPublicId } from '#crypto/public_id'
import Document from '#models/site/document'

/** What administrators decide about this site. */
export type SiteSettings = Pick<
  Site,
  | 'name'
  | 'nameEn'
  | 'contact'
  | 'business'
  | 'homeUrl'
  | 'color'
  | 'emailSignUp'
  | 'signUp'
  | 'board'
  | 'ageQuestion'
>

/** This site: what it is called, and whom it lets in. One row. */
export default class Site extends SiteSchema {
  static table = 'site'
  static selfAssignPrimaryKey = true

  static readonly #ROW = 1

  /** Joins the row to another read, for a statement that selects `site.version`. */
  static readonly JOIN = `left join site on site.singleton = ${Site.#ROW}`

  /** What members must have agreed to (`Document.duties`), along with another read. */
  static readonly DUTIES = `(select site.duties from site where site.singleton = ${Site.#ROW})`

  /** What holds until somebody decides otherwise. */
  static readonly DEFAULTS: Readonly<SiteSettings> = {
    name: null,
    nameEn: null,
    contact: null,
    business: null,
    homeUrl: null,
    color: null,
    emailSignUp: true,
    signUp: true,
    board: true,
    ageQuestion: false,
  }

  /** The row, or one with the defaults that is not stored yet. */
  static async present(client?: TransactionClientContract): Promise<Site> {
    const row = await Site.find(Site.#ROW, { client })
    return row ?? new Site().merge({ ...Site.DEFAULTS, singleton: Site.#ROW })
  }

  /** Changes with anything about the site; `null` while nobody has decided anything. */
  static async presentVersion(): Promise<string | null> {
    const [row] = await db.from('site').select('version').where('singleton', Site.#ROW)
    return row ? String(row.version) : null
  }

  /**
   * Locks the row for the rest of the transaction, with a write because SQLite ignores FOR
   * UPDATE. Every change to the site begins here.
   *
   * @returns the row as it is now
   */
  static async lock(client: TransactionClientContract): Promise<Site> {
    const isThere = await client
      .from('site')
      .where('singleton', Site.#ROW)
      .update({ singleton: Site.#ROW })
    if (Number(isThere) === 0) {
      const first = await Site.present(client)
      await first.useTransaction(client).publish()
    }
    return Site.findOrFail(Site.#ROW, { client })
  }

  get settings(): SiteSettings {
    const { name, nameEn, contact, business, homeUrl, color } = this
    const { emailSignUp, signUp, board, ageQuestion } = this
    const texts = { name, nameEn, contact, business, homeUrl, color }
    return { ...texts, emailSignUp, signUp, board, ageQuestion }
  }

  /** The version of its settings, for a form to carry (`isStale`). */
  get settingsVersion(): string {
    return packVersion(this.settings)
  }

  /**
   * Saves the row under a new version, so that every process reads it again, with what the
   * documents now ask of members.
   */
  async publish(): Promise<this> {
    this.version = newPublicId()
    this.duties = await Document.duties(this.ageQuestion, this.$trx)
    return this.save()
  }
}
