import type { HttpContext } from '@adonisjs/core/http'
import type { VineValidator } from '@vinejs/vine'
import type { Infer, SchemaTypes } from '@vinejs/vine/types'
import { readForm, type FormState, type Submission } from '#validators/form'

/** Fields that no admin page shows again. */
const SECRET_FIELDS = [
  'clientSecret',
  'adminKey',
  'passphrase',
  'passphraseAgain',
  'plan',
  'agreed',
]
const NOT_SHOWN = [...SECRET_FIELDS, '_csrf']

/**
 * Reads a form of the admin pages, which have their own error messages (`admin.form` in
 * resources/lang). `values` is what may be shown again: never the secret, whatever a page
 * would do with it.
 */
export async function readAdminForm<
  Schema extends SchemaTypes,
  Meta extends Record<string, any> | undefined,
>(
  ctx: HttpContext,
  validator: VineValidator<Schema, Meta>,
  options: { meta?: Meta } = {}
): Promise<Submission<Infer<Schema>> & { values: FormState['values'] }> {
  const messagesProvider = ctx.i18n.createMessagesProvider('admin.form')
  const values = Object.fromEntries(
    Object.entries(ctx.request.body()).filter(([name]) => !NOT_SHOWN.includes(name))
  )
  const form = await readForm(ctx, validator, { messagesProvider, ...options })
  return form.valid
    ? { ...form, values }
    : { valid: false, form: { values, errors: form.form.errors }, values }
}
