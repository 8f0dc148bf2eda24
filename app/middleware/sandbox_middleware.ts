import { setTimeout as wait } from 'node:timers/promises'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import env from '#start/env'
import { siteFor } from '#site/present'
import { siteName } from '#site/words'
import { plainHeaders, readForm } from '#sandbox/http'

const PLACE = /^(\/sandbox\/([a-z0-9_]+))(\/.*)$/

/* The app is at localhost. The sandbox is another site, and answers only at this address. */
const SANDBOX_HOST = /^127\.0\.0\.1(:\d+)?$/

/**
 * Answers for the simulated providers under `/sandbox/<driver>`, each as if that were the
 * root of the provider's hosts. It comes before the router: no session, no CSRF check, no
 * body parser.
 */
export default class SandboxMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request, response, i18n } = ctx
    if (!env.get('SANDBOX')) return next()

    const [, mount, driver, path] = PLACE.exec(request.url()) ?? []
    if (!driver || !SANDBOX_HOST.test(request.header('host') ?? '')) return next()

    /* Never loaded without SANDBOX. */
    const { simulators } = await import('#sandbox/registry')
    if (!Object.hasOwn(simulators, driver)) return next()

    const form = await readForm(request.request)
    if (form === null) return response.status(413).send('')

    const answer = await simulators[driver].answer({
      method: request.method(),
      mount,
      path,
      query: new URLSearchParams(request.parsedUrl.query ?? ''),
      form,
      headers: plainHeaders(request.request),
      locale: i18n.locale,
      translate: (key, values) => i18n.t(key, values),
      appName: siteName(await siteFor(ctx), i18n),
    })

    if (answer.delayMs) await wait(answer.delayMs, undefined, { ref: false })
    for (const [name, value] of Object.entries(answer.headers)) response.header(name, value)
    response.header('content-length', Buffer.byteLength(answer.body))
    /* Bypasses the framework, which would send an empty answer in chunks. */
    response.writeHead(answer.status).response.end(answer.body)
  }
}
