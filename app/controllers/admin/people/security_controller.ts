import type { HttpContext } from '@adonisjs/core/http'
import SiteSetting from '#models/site_setting'
import User from '#models/user'

/** How administrators' accounts are kept safe. */
export default class SecurityController {
  /** `GET /admin/security` */
  async show({ auth, view }: HttpContext) {
    const administrators = await User.query().where('role', 'admin').orderBy('name').orderBy('id')
    return view.render('pages/admin/security/show', {
      administrators,
      lacking: administrators.filter(({ hasSecondFactor }) => !hasSecondFactor).length,
      isRequired: await SiteSetting.read('requireSecondFactor'),
      mayRequire: auth.getUserOrFail().hasSecondFactor,
    })
  }
}
