import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import { SetClient } from '#actions/clients/set_client'
import { ChooseUnlinkConsequence } from '#actions/providers/choose_unlink_consequence'
import { CreateProvider } from '#actions/providers/create_provider'
import { ReorderProviders } from '#actions/providers/reorder_providers'
import { SetProvider } from '#actions/providers/set_provider'
import { SwitchProvider } from '#actions/providers/switch_provider'
import { AddDocument } from '#actions/site/add_document'
import { ChangeDocument } from '#actions/site/change_document'
import { ChangeSite } from '#actions/site/change_site'
import { PublishVersion } from '#actions/site/publish_version'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import Document from '#models/site/document'
import type { ClientItem } from '#transfer/clients'
import type { DocumentItem } from '#transfer/documents'
import type { TransferDocument } from '#transfer/document'
import { versionOf, type ImportItem, type ImportPlan, planImport } from '#transfer/plan'

export interface Import {
  document: TransferDocument
  /** The version of the plan that was shown; no other plan is carried out (`isStale`). */
  version: string
  /** Practice providers may be replaced, with everybody who came through them. */
  replaceSandbox: boolean
  actor: Actor
}

export type ImportOutcome =
  { kind: 'imported' } | { kind: 'stale' | 'refused' | 'sandbox_in_the_way'; plan: ImportPlan }

/** Carries out an import exactly as it was shown: all of it, or nothing. */
export class ImportProviders {
  /** What an import would do to the providers there are now. */
  async plan(document: TransferDocument): Promise<ImportPlan> {
    const providers = await Provider.query()
      .withScopes((scopes) => scopes.inOrder())
      .preload('activeCredential')
    return planImport(document, providers)
  }

  async handle(wish: Import): Promise<ImportOutcome> {
    return inTransaction((trx) => this.#import(wish, trx))
  }

  async #import(wish: Import, trx: TransactionClientContract): Promise<ImportOutcome> {
    const { document, version, replaceSandbox, actor } = wish
    const providers = await Provider.lockAll(trx)
    for (const provider of providers) await provider.load('activeCredential')
    const plan = await planImport(document, providers, trx)

    if (isStale(version, versionOf(plan))) return { kind: 'stale', plan }
    if ([...plan.items, ...plan.clients, ...plan.documents].some(({ kind }) => kind === 'refused'))
      return { kind: 'refused', plan }
    if (!replaceSandbox && plan.items.some(({ kind }) => kind === 'replace_sandbox')) {
      return { kind: 'sandbox_in_the_way', plan }
    }

    const items = plan.items.filter(({ kind }) => kind !== 'unchanged')
    for (const item of items) await this.#carryOut(item, wish, trx)
    await this.#reorder(plan, actor, trx)
    const clients = plan.clients.filter(({ kind }) => kind !== 'unchanged')
    for (const item of clients) await this.#setClient(item, wish, trx)
    const documents = plan.documents.filter(({ kind }) => kind !== 'unchanged')
    for (const item of documents) await this.#setDocument(item, wish, trx)
    if (document.identity)
      await new ChangeSite().handle({ settings: document.identity, actor }, trx)
    await AuditEntry.record(
      {
        actor,
        action: 'providers.imported',
        subject: { type: 'site' },
        changes: {
          providers: { before: null, after: items.map(({ key }) => key) },
          ...(clients.length > 0 && {
            clients: { before: null, after: clients.map(({ clientId }) => clientId) },
          }),
          ...(documents.length > 0 && {
            documents: { before: null, after: documents.map(({ key }) => key) },
          }),
        },
      },
      trx
    )
    return { kind: 'imported' }
  }

  async #carryOut(item: ImportItem, { document, actor }: Import, trx: TransactionClientContract) {
    const record = document.providers.find(({ key }) => key === item.key)!
    const { key, driver, onUnlink, settings } = record
    const sealed = document.secrets?.find((secrets) => secrets.key === item.key)
    const keys = 'clientId' in item.changes || 'clientSecret' in item.changes ? sealed?.keys : null
    const adminKey = 'adminKey' in item.changes ? (sealed?.adminKey ?? undefined) : undefined
    const { enabled: change } = item.changes
    const enabled = change && change !== 'changed' ? change.after === true : undefined

    if (item.kind === 'change') {
      const setting = await new SetProvider().handle(
        { key, settings, adminKey, enabled, actor, ...keys },
        trx
      )
      if (!('provider' in setting)) throw new Error(`An import planned what is ${setting.kind}`)
      if (onUnlink) {
        await new ChooseUnlinkConsequence().handle(setting.provider, { onUnlink, actor }, trx)
      }
      return
    }
    const creation = await new CreateProvider().handle(
      {
        key,
        driver,
        settings,
        adminKey,
        keys: keys ?? undefined,
        /* The plan that was agreed to lists what is lost with it. */
        approvedLosses: item.losses ?? undefined,
        actor,
      },
      trx
    )
    if (creation.kind !== 'created') throw new Error(`An import planned what is ${creation.kind}`)
    if (onUnlink) {
      await new ChooseUnlinkConsequence().handle(creation.provider, { onUnlink, actor }, trx)
    }
    if (enabled) await new SwitchProvider().handle(creation.provider, true, actor, trx)
  }

  /** A new site is off and has no secret: it gets one here, once somebody has looked at it. */
  async #setClient(
    { clientId }: ClientItem,
    { document, actor }: Import,
    trx: TransactionClientContract
  ) {
    const record = document.clients!.find((one) => one.clientId === clientId)!
    const { kind, settings } = record
    const wish = { ...settings, clientId, kind, secret: null, isOff: true, actor }
    const setting = await new SetClient().handle(wish, trx)
    if (!('secret' in setting)) throw new Error(`An import planned what is ${setting.kind}`)
  }

  async #setDocument(
    { key }: DocumentItem,
    { document: file, actor }: Import,
    trx: TransactionClientContract
  ) {
    const { settings, contents } = file.documents!.find((one) => one.key === key)!
    const known = await Document.query({ client: trx }).where('key', key).first()
    if (known) {
      await new PublishVersion().handle(known, { contents, actor }, trx)
      await new ChangeDocument().handle(known, { settings, actor }, trx)
      return
    }
    const addition = await new AddDocument().handle({ key, settings, contents, actor }, trx)
    if (addition.kind !== 'added') throw new Error(`An import planned what is ${addition.kind}`)
  }

  async #reorder({ order }: ImportPlan, actor: Actor, trx: TransactionClientContract) {
    if (!order) return
    const providers = await Provider.query({ client: trx }).withScopes((scopes) => scopes.inOrder())
    const place = ({ key }: Provider) => order.after.indexOf(key)
    const reordered = providers.toSorted((one, other) => place(one) - place(other))
    await new ReorderProviders().handle(
      { order: reordered.map(({ publicId }) => publicId), actor },
      trx
    )
  }
}
