import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ExportProviders } from '#actions/providers/export_providers'
import { actorOf } from '#audit/actor'
import { showTransfer } from '#controllers/admin/providers/transfers_controller'
import { now, SITE_ZONE } from '#time/clock'
import { readAdminForm } from '#validators/admin_form'
import { exportValidator } from '#validators/transfer'

/** A file with the providers. */
export default class ExportsController {
  @inject()
  async store(ctx: HttpContext, exportProviders: ExportProviders) {
    const { response, i18n } = ctx
    const form = await readAdminForm(ctx, exportValidator)
    if (!form.valid) return showTransfer(ctx, { exportForm: form.form })

    const { withSecrets, passphrase = null } = form.data
    const result = await exportProviders.handle(withSecrets ? passphrase : null, actorOf(ctx))
    if (result.kind === 'secret_unreadable') {
      return showTransfer(ctx, {
        exportForm: { values: form.values, errors: {} },
        problem: i18n.t('admin.problems.secrets_key'),
      })
    }
    const name = `daemun-providers-${now().setZone(SITE_ZONE).toISODate()}.json`
    response.type('application/json')
    response.header('Content-Disposition', `attachment; filename="${name}"`)
    return response.send(result.text)
  }
}
