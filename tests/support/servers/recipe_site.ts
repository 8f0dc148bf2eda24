import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apacheConfiguration } from '#tests/support/servers/apache'
import { freePort, projectRoot } from '#tests/support/servers/spawned_process'
import { giveAway } from '#tests/support/secret_scan/sinks'

export interface Recipe {
  /** In `docs/examples`. */
  folder: string
  runs: 'node' | 'apache'
  /** The file of the folder that is copied from the site's page, and its key there. */
  settings: string
  snippet: string
  /** Where its library expects visitors back, and what it is told of their sign-outs. */
  callback: string
  backchannel: string | null
}

/**
 * A site of `docs/examples`, set up as its page says: a copy of the folder, the settings
 * from the site's page, and two secrets in the environment.
 */
export class RecipeSite {
  readonly url: string
  #child?: ReturnType<typeof spawn>
  #printed = ''

  private constructor(
    readonly recipe: Recipe,
    readonly folder: string,
    readonly port: number
  ) {
    this.url = `http://127.0.0.1:${port}`
  }

  static async prepare(recipe: Recipe) {
    /* Below the project, whose packages Node finds; Apache gives up the right to read there. */
    const parent = recipe.runs === 'node' ? join(projectRoot, 'tmp') : tmpdir()
    mkdirSync(parent, { recursive: true })
    const folder = mkdtempSync(join(parent, 'recipe-'))
    chmodSync(folder, 0o755)
    cpSync(join(projectRoot, 'docs/examples', recipe.folder), folder, { recursive: true })
    return new RecipeSite(recipe, folder, await freePort())
  }

  writeSettings(text: string) {
    writeFileSync(join(this.folder, this.recipe.settings), `${text}\n`)
  }

  async start(secret: string) {
    const [command, ...args] = this.#command()
    const child = spawn(command, args, {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.port),
        DAEMUN_CLIENT_SECRET: secret,
        SESSION_SECRET: 'a secret of the site with 32 or more',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      /* Apache ends its whole process group with itself: let that not be ours. */
      detached: this.recipe.runs === 'apache',
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => (this.#printed += chunk))
    }
    await this.#answers()
  }

  /** Ends it; what it printed goes to the scan. */
  async stop() {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null) return
    child.kill()
    await once(child, 'close')
    giveAway({ sink: 'server output', where: this.recipe.folder }, this.#printed)
  }

  async remove() {
    await this.stop()
    rmSync(this.folder, { recursive: true })
  }

  #command() {
    if (this.recipe.runs === 'node') return [process.execPath, join(this.folder, 'app.mjs')]
    const configuration = join(this.folder, 'httpd.conf')
    writeFileSync(configuration, apacheConfiguration(this.folder, this.port, this.recipe.settings))
    return [process.env.APACHE!, '-DFOREGROUND', '-f', configuration]
  }

  async #answers() {
    while (this.#child!.exitCode === null) {
      const answered = await fetch(this.url).then(
        (response) => response.ok,
        () => false
      )
      if (answered) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${this.recipe.folder} ended: ${this.#printed}`)
  }
}
