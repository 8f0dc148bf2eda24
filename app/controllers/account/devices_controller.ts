import type { HttpContext } from '@adonisjs/core/http'
import { deviceOf } from '#auth/device'
import UserSession from '#models/user_session'

export default class DevicesController {
  /** `GET /account/devices` */
  async index({ auth, view }: HttpContext) {
    const sessions = await UserSession.aliveOf(auth.getUserOrFail().id)
    return view.render('pages/account/devices', {
      devices: sessions.map((session) => ({
        ...deviceOf(session.userAgent),
        publicId: session.publicId,
        ip: session.ip,
        seenAt: session.seenAt,
        signedInAt: session.createdAt,
        isThis: session.id === auth.use('web').session?.id,
      })),
    })
  }

  /** `POST /account/devices/:id/sign_out` */
  async destroy({ auth, params, response, session, i18n }: HttpContext) {
    const guard = auth.use('web')
    const device = await UserSession.aliveOf(guard.getUserOrFail().id)
      .where('publicId', params.id)
      .firstOrFail()

    if (device.id === guard.session?.id) {
      await guard.logout()
      return response.redirect('/', false, 303)
    }
    await device.revoke()
    session.flash('notice', i18n.t('account.devices.signed_out'))
    return response.redirect('/account/devices', false, 303)
  }
}
