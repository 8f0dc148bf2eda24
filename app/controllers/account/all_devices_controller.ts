import type { HttpContext } from '@adonisjs/core/http'

/** "Sign out everywhere": on all other devices, or here too. */
export default class AllDevicesController {
  /** `POST /account/devices/sign_out`, with `which` = `all` for this one too. */
  async destroy({ auth, request, response, session, i18n }: HttpContext) {
    const guard = auth.use('web')
    const user = guard.getUserOrFail()

    if (request.input('which') === 'all') {
      await user.endSessions()
      await guard.logout()
      session.flash('notice', i18n.t('account.devices.signed_out_everywhere'))
      return response.redirect('/user/login', false, 303)
    }
    await user.endSessions({ except: guard.session })
    session.flash('notice', i18n.t('account.devices.signed_out_others'))
    return response.redirect('/account/devices', false, 303)
  }
}
