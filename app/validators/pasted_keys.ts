import type { HttpContext } from '@adonisjs/core/http'
import type { AddCredential, CredentialAddition, NewCredential } from '#actions/add_credential'
import { actorOf } from '#audit/actor'
import { changesSince, keysSeenBy, type KeyChange } from '#audit/keys_seen'
import type Provider from '#models/provider'
import { DRIVERS } from '#social/drivers'
import { readAdminForm } from '#validators/admin_form'
import { complaintAbout, credentialValidator } from '#validators/credential'
import type { FormState } from '#validators/form'

/** A form to be shown again; with `changes` when the keys changed since it was opened. */
export interface RefusedKeys {
  form: FormState
  changes?: KeyChange[]
}

/** Adds the keys that an administrator pasted into a form, or says what the form shows again. */
export async function takePastedKeys(
  ctx: HttpContext,
  provider: Provider,
  addCredential: AddCredential,
  options: Pick<NewCredential, 'mayReplaceSandbox'> = {}
): Promise<CredentialAddition | (RefusedKeys & { kind: 'refused' })> {
  const { secretOptional } = DRIVERS[provider.driver]
  const form = await readAdminForm(ctx, credentialValidator, { meta: { secretOptional } })
  if (!form.valid) return { kind: 'refused', form: form.form }

  const { clientId, clientSecret = null, label = null, secretSwitchedOff } = form.data
  const seen = keysSeenBy(ctx)
  const addition = await addCredential.handle(provider, {
    clientId,
    clientSecret,
    label,
    secretSwitchedOff,
    seen,
    actor: actorOf(ctx),
    ...options,
  })

  const { values } = form
  const complaint = complaintAbout(addition)
  if (complaint) {
    const errors = { [complaint.field]: ctx.i18n.t(complaint.text) }
    return { kind: 'refused', form: { values, errors } }
  }
  if (addition.kind === 'changed_meanwhile') {
    const changes = await changesSince(seen, provider)
    return { kind: 'refused', form: { values, errors: {} }, changes }
  }
  return addition
}
