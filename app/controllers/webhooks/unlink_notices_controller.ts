import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ApplyNotice } from '#actions/links/apply_notice'
import { loggable } from '#exceptions/storage_failure'
import { count } from '#limits/count'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import { SecretUnreadable } from '#crypto/sealed'
import { originsOf } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import type { NoticeKeys, NoticeRequest } from '#protocol/notice'

/** Calls from providers: somebody's link with this site has ended there. */
export default class UnlinkNoticesController {
  @inject()
  async store(ctx: HttpContext, apply: ApplyNotice) {
    const { params, response, logger } = ctx
    const provider = await Provider.findBy('key', params.provider)
    const read = provider && DRIVERS[provider.driver].readNotice
    if (!provider || !read) return response.status(404).send('')

    const keys = await this.#keys(provider)
    if (keys === null) {
      logger.error({ provider: provider.key }, 'a notice cannot be read: SECRETS_KEY')
      return response.status(503).send('')
    }
    const reading = await read(this.#request(ctx), keys)
    const { status, body } = reading.answer
    if (reading.ok) {
      const notice = await ReceivedNotice.keep(provider, reading.notice)
      try {
        await apply.handle(notice)
      } catch (error) {
        /* The notice is kept and a job returns to it. Naver would not, if told that it failed. */
        const what = { ...loggable(error), provider: provider.key }
        logger.error(what, 'a notice could not be applied yet')
      }
    } else {
      await count(ctx, 'unsigned_notices')
      logger.warn({ provider: provider.key, reason: reading.reason }, 'a notice was refused')
    }
    return response.status(status).send(body ?? '')
  }

  #request({ request }: HttpContext): NoticeRequest {
    const parameters = new URLSearchParams(request.parsedUrl.query ?? '')
    for (const [name, value] of Object.entries(request.body())) {
      for (const one of [value].flat()) parameters.append(name, String(one))
    }
    return {
      parameters,
      authorization: request.header('authorization') ?? null,
      contentType: (request.header('content-type') ?? '').split(';')[0].trim().toLowerCase(),
      raw: request.raw(),
    }
  }

  /** @returns `null` when no key opens what is stored */
  async #keys(provider: Provider): Promise<NoticeKeys | null> {
    const credentials = await ProviderCredential.query()
      .where('providerId', provider.id)
      .whereIn('status', ['active', 'retiring'])
    try {
      return {
        credentials: credentials.map((credential) => ({
          clientId: credential.clientId,
          secret: credential.revealSecret(),
          isRetiring: credential.status === 'retiring',
        })),
        adminKeys: provider.revealAdminKeys(),
        appRef: provider.appRef ?? null,
        origins: originsOf(provider),
      }
    } catch (error) {
      if (error instanceof SecretUnreadable) return null
      throw error
    }
  }
}
