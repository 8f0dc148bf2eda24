import type { HttpContext } from '@adonisjs/core/http'
import Provider from '#models/provider'
import { previewOf } from '#set_up/preview'
import { LONGEST_LABEL } from '#validators/provider'

/** The buttons as they look with what is typed into the settings, for the script of that page. */
export default class ProviderPreviewsController {
  async show({ params, request, view }: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', params.id)
    const { label, hidden } = request.qs()
    return view.render('pages/admin/providers/parts/preview', {
      provider,
      preview: await previewOf(provider, {
        label: typeof label === 'string' ? label.slice(0, LONGEST_LABEL) : provider.label,
        hidden: hidden === 'true',
      }),
    })
  }
}
