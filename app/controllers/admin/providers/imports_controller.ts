import { DateTime } from 'luxon'
import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { type Import, ImportProviders } from '#actions/providers/import_providers'
import { actorOf } from '#audit/actor'
import { showTransfer } from '#controllers/admin/providers/transfers_controller'
import Document from '#models/site/document'
import { callbackUrl } from '#trip/driver_for'
import { packApproval, unpackApproval } from '#auth/approval'
import { type DocumentProblem, readDocument, type TransferDocument } from '#transfer/document'
import { type ImportPlan, versionOf } from '#transfer/plan'
import { readAdminForm } from '#validators/admin_form'
import { importedPlanValidator, importValidator } from '#validators/transfer'

/** What an administrator was shown. */
type Approval = Pick<Import, 'document' | 'version'>

/** An import: shown first, then carried out exactly as shown. */
@inject()
export default class ImportsController {
  constructor(private importProviders: ImportProviders) {}

  /** What the file would change; nothing is written. */
  async create(ctx: HttpContext) {
    const form = await readAdminForm(ctx, importValidator)
    if (!form.valid) return showTransfer(ctx, { importForm: form.form })

    const reading = await readDocument(form.data.file, form.data.passphrase)
    if (!reading.ok) return this.#refuse(ctx, form.values, reading.problem)
    const plan = await this.importProviders.plan(reading.document)
    return this.#show(ctx, reading.document, plan)
  }

  async store(ctx: HttpContext) {
    const { response, session, i18n } = ctx
    const form = await readAdminForm(ctx, importedPlanValidator)
    const approval = form.valid ? unpackApproval<Approval>(ctx, 'imports', form.data.plan) : null
    if (!form.valid || !approval) {
      return showTransfer(ctx, { problem: i18n.t('transfer.problems.approval_gone') })
    }

    const outcome = await this.importProviders.handle({
      ...approval,
      replaceSandbox: form.data.replaceSandbox,
      actor: actorOf(ctx),
    })
    if (outcome.kind !== 'imported') {
      response.status(outcome.kind === 'stale' ? 409 : 422)
      const problem = i18n.t(`transfer.problems.${outcome.kind}`)
      return this.#show(ctx, approval.document, outcome.plan, problem)
    }
    session.flash('notice', i18n.t('transfer.imported'))
    return response.redirect('/admin/providers', false, 303)
  }

  #refuse(ctx: HttpContext, values: Record<string, unknown>, problem: DocumentProblem) {
    const { name, ...details } = problem
    const message = ctx.i18n.t(`transfer.problems.${name}`, {
      ...details,
      ...('fields' in details && { fields: details.fields.join(', ') }),
    })
    const field = FIELDS_OF_PROBLEMS[name] ?? 'file'
    return showTransfer(ctx, {
      importForm: { values, errors: { [field]: message } },
      problem: message,
    })
  }

  #show(ctx: HttpContext, document: TransferDocument, plan: ImportPlan, problem?: string) {
    const { items, clients, documents, identity } = plan
    const kinds = [...items, ...clients, ...documents, ...(identity ? [identity] : [])].map(
      ({ kind }) => kind
    )
    const isRefused = kinds.includes('refused')
    const isEmpty = kinds.every((kind) => kind === 'unchanged') && plan.order === null
    const exportedAt = DateTime.fromISO(document.exportedAt)
    return ctx.view.render('pages/admin/imports/create', {
      plan,
      problem,
      mostDocuments: Document.MOST,
      isRefused,
      isEmpty,
      replacesSandbox: kinds.includes('replace_sandbox'),
      site: document.site,
      exportedAt: exportedAt.isValid ? exportedAt : null,
      hasSecrets: document.secrets !== null,
      callbackUrls: Object.fromEntries(plan.items.map(({ key }) => [key, callbackUrl({ key })])),
      packed:
        isRefused || isEmpty
          ? null
          : packApproval(ctx, 'imports', { document, version: versionOf(plan) }),
    })
  }
}

/** The field beside which a problem is shown, if not the file. */
const FIELDS_OF_PROBLEMS: Partial<Record<DocumentProblem['name'], string>> = {
  passphrase_missing: 'passphrase',
  wrong_passphrase: 'passphrase',
}
