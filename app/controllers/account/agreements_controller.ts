import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AgreeByChoice } from '#actions/agreements/agree_by_choice'
import { TakeBackAgreement } from '#actions/agreements/take_back_agreement'
import { agreementsOfMember } from '#searches/agreements_of_member'
import { documentTitle } from '#site/words'

/** What a member has agreed to, which version, when and how. */
export default class AgreementsController {
  /** `GET /account/agreements` */
  async index({ auth, view }: HttpContext) {
    const agreements = await agreementsOfMember(auth.getUserOrFail().id)
    return view.render('pages/account/agreements', { ...agreements, documentTitle })
  }

  /** `POST /account/agreements/:id`: agrees to the version with this public id. */
  @inject()
  async store(ctx: HttpContext, agree: AgreeByChoice) {
    const { auth, params, session, i18n } = ctx
    const isPresent = await agree.handle(String(params.id), auth.use('web').session!)
    if (isPresent) session.flash('notice', i18n.t('account.agreements.agreed'))
    else session.flash('problem', i18n.t('duties.problems.outdated'))
    return ctx.response.redirect('/account/agreements', false, 303)
  }

  /** `POST /account/agreements/:id/take_back` */
  @inject()
  async destroy(ctx: HttpContext, takeBack: TakeBackAgreement) {
    const { auth, params, session, i18n } = ctx
    const outcome = await takeBack.handle(String(params.id), auth.use('web').session!)
    if (outcome === 'required') session.flash('problem', i18n.t('account.agreements.required'))
    else session.flash('notice', i18n.t('account.agreements.taken_back'))
    return ctx.response.redirect('/account/agreements', false, 303)
  }
}
