import { Exception } from '@adonisjs/core/exceptions'
import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { count } from '#limits/count'
import Article from '#models/article'
import { articleValidator } from '#validators/article'
import { formAgain, readForm, type FormState } from '#validators/form'

/** The members' board: anyone may read, members may write. */
export default class ArticlesController {
  /** `GET /article` */
  async index({ request, response, view }: HttpContext) {
    const asked = Number(request.qs().page ?? 1)
    const page = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1_000_000) : 1
    const articles = await Article.newestFirst(page)
    if (page > articles.lastPage) {
      return response.redirect(`/article?page=${articles.lastPage}`, false, 303)
    }
    articles.baseUrl('/article')
    return view.render('pages/articles/index', { articles })
  }

  /** `GET /article/create` */
  async create(ctx: HttpContext) {
    return this.#form(ctx)
  }

  /** `POST /article/create` */
  async store(ctx: HttpContext) {
    const { auth, response, session, i18n } = ctx
    if (!auth.user) return this.#signedOut(ctx)
    await count(ctx, 'articles')
    const form = await readForm(ctx, articleValidator)
    if (!form.valid) return this.#form(ctx, { form: form.form, status: 422 })

    const article = await Article.create({ ...form.data, userId: auth.user.id })
    session.flash('notice', i18n.t('article.created'))
    return response.redirect(`/article/${article.publicId}`, false, 303)
  }

  /** `GET /article/:id` */
  async show(ctx: HttpContext) {
    const article = await this.#find(ctx)
    await article.load('user')
    return ctx.view.render('pages/articles/show', {
      article,
      isOwn: article.isWrittenBy(ctx.auth.user),
    })
  }

  /** `GET /article/:id/update` */
  async edit(ctx: HttpContext) {
    return this.#form(ctx, { article: await this.#findOwn(ctx) })
  }

  /** `POST /article/:id/update` */
  async update(ctx: HttpContext) {
    const { auth, response, session, i18n } = ctx
    if (!auth.isAuthenticated) return this.#signedOut(ctx)
    const article = await this.#findOwn(ctx)
    await count(ctx, 'articles')
    const form = await readForm(ctx, articleValidator)
    if (!form.valid) return this.#form(ctx, { article, form: form.form, status: 422 })

    await article.merge(form.data).save()
    session.flash('notice', i18n.t('article.updated'))
    return response.redirect(`/article/${article.publicId}`, false, 303)
  }

  async #find({ params, request }: HttpContext) {
    const article = await Article.findBy('publicId', params.id)
    if (!article) throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    return article
  }

  async #findOwn(ctx: HttpContext) {
    const article = await this.#find(ctx)
    if (article.isWrittenBy(ctx.auth.user)) return article
    throw new Exception('Only its author edits an article', { status: 403 })
  }

  /** Nothing written is lost when a session has ended: the form shows it again. */
  #signedOut(ctx: HttpContext) {
    return this.#form(ctx, {
      form: formAgain(ctx),
      status: 401,
      notice: ctx.i18n.t('article.signed_out'),
    })
  }

  #form(ctx: HttpContext, { status = 200, ...page }: FormPage = {}) {
    ctx.response.status(status).header('Cache-Control', 'no-store')
    return ctx.view.render('pages/articles/form', { action: ctx.request.url(), ...page })
  }
}

interface FormPage {
  article?: Article
  form?: FormState
  status?: number
  /** Why the text is back in the form although nothing is wrong with it. */
  notice?: string
}
