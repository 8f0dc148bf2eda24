import type { HttpContext } from '@adonisjs/core/http'
import type {
  AddCredential,
  CredentialAddition,
  NewCredential,
} from '#actions/credentials/add_credential'
import { actorOf } from '#audit/actor'
import { changesSince, type KeyChange } from '#audit/key_changes'
import { keysVersionOf } from '#controllers/admin/credentials/credential_conflict_page'
import type Provider from '#models/provider'
import type { SandboxLosses } from '#sandbox/losses'
import { DRIVERS } from '#protocol/drivers'
import { readAdminForm } from '#validators/admin_form'
import { credentialValidator } from '#validators/credential'
import type { FormState } from '#validators/form'

/** A form to show again; with `changes` when the keys have changed since it was opened. */
export interface RefusedKeys {
  form: FormState
  changes?: KeyChange[]
}

/** Keys as pasted into a form, and the version of the provider's keys that the form carries. */
export type PastedKeys = Omit<NewCredential, 'actor' | 'approvedLosses'>

export type Pasting =
  | Exclude<CredentialAddition, { kind: 'sandbox_in_the_way' }>
  /** Real keys for a practice provider, and what would be lost with it. */
  | { kind: 'sandbox_in_the_way'; losses: SandboxLosses; pasted: PastedKeys }
  | (RefusedKeys & { kind: 'refused' })

/** Adds the keys that an administrator pasted into a form, or says what the form shows again. */
export async function takePastedKeys(
  ctx: HttpContext,
  provider: Provider,
  addCredential: AddCredential,
  options: Pick<NewCredential, 'approvedLosses'> = {}
): Promise<Pasting> {
  const { secretOptional } = DRIVERS[provider.driver]
  const form = await readAdminForm(ctx, credentialValidator, { meta: { secretOptional } })
  if (!form.valid) return { kind: 'refused', form: form.form }

  const { clientId, clientSecret = null, label = null, secretSwitchedOff } = form.data
  const pasted = { clientId, clientSecret, label, secretSwitchedOff, version: keysVersionOf(ctx) }
  return addPastedKeys(ctx, provider, addCredential, { ...pasted, ...options })
}

/** Adds them, or says what the form shows again. */
export async function addPastedKeys(
  ctx: HttpContext,
  provider: Provider,
  addCredential: AddCredential,
  keys: Omit<NewCredential, 'actor'>
): Promise<Pasting> {
  const addition = await addCredential.handle(provider, { ...keys, actor: actorOf(ctx) })
  if (addition.kind === 'sandbox_in_the_way') {
    return { ...addition, pasted: keys }
  }

  const values = { clientId: keys.clientId, label: keys.label ?? '' }
  const complaint = complaintAbout(addition)
  if (complaint) {
    const errors = { [complaint.field]: ctx.i18n.t(complaint.text) }
    return { kind: 'refused', form: { values, errors } }
  }
  if (addition.kind === 'stale') {
    const changes = await changesSince(keys.version ?? '', provider)
    return { kind: 'refused', form: { values, errors: {} }, changes }
  }
  return addition
}

/**
 * What is wrong with well-formed keys, given what is known of the provider: the text to
 * show beside a field.
 *
 * @returns `null` when nothing is wrong; a pair that already waits is as good as a new
 *   one
 */
function complaintAbout(addition: CredentialAddition): { field: string; text: string } | null {
  switch (addition.kind) {
    case 'known': {
      const { status } = addition.credential
      if (status === 'draft') return null
      return { field: 'clientSecret', text: `rotation.problems.known_${status}` }
    }
    case 'secret_expected':
    case 'practice_only':
      return { field: 'clientSecret', text: `rotation.problems.${addition.kind}` }
    case 'another_application':
      return { field: 'clientId', text: 'admin.problems.another_application' }
    default:
      return null
  }
}
