import type { HttpContext } from '@adonisjs/core/http'
import type { VineValidator } from '@vinejs/vine'
import type { Infer, SchemaTypes } from '@vinejs/vine/types'
import { normalizeEmail } from '#text/email'

/** What a form page shows: what was typed, and what is wrong with it. */
export interface FormState {
  values: Record<string, unknown>
  /** The first error of each field, in the visitor's language. */
  errors: Record<string, string>
}

export type Submission<T> = { valid: true; data: T } | { valid: false; form: FormState }

/**
 * Reads a submitted form: only its body, and nothing from its URL, which logs and
 * histories keep. Show a refused form again at once, with status 422 and this `form`,
 * rather than flashing it: nothing typed goes through the session, and `@field` never
 * prints the value of a password field.
 */
export async function readForm<
  Schema extends SchemaTypes,
  Meta extends Record<string, any> | undefined,
>(
  ctx: HttpContext,
  validator: VineValidator<Schema, Meta>,
  options: Record<string, unknown> = {}
): Promise<Submission<Infer<Schema>>> {
  const [error, data] = await validator.tryValidate(ctx.request.body(), {
    messagesProvider: ctx.i18n.createMessagesProvider(),
    ...options,
  } as never)
  if (!error) return { valid: true, data: data as Infer<Schema> }

  const errors: Record<string, string> = {}
  for (const { field, message } of error.messages) {
    /* A fault of `scopes.1` is told beside the field in which the list was typed. */
    errors[field.replace(/\.\d+$/, '')] ??= message
  }
  return { valid: false, form: { ...formAgain(ctx), errors } }
}

/** A form as it was sent, without errors. */
export function formAgain({ request }: HttpContext): FormState {
  return { values: showable(request.body()), errors: {} }
}

/** A sign-in or sign-up form with the address that a site says its visitor has. */
export function hintedForm({ request }: HttpContext): FormState | undefined {
  const hint: unknown = request.qs().login_hint
  if (typeof hint !== 'string' || !normalizeEmail(hint)) return undefined
  return { values: { email: hint }, errors: {} }
}

/** What a field can show again: text, and lists of text for groups of boxes. */
function showable(values: Record<string, unknown>) {
  const isText = (value: unknown) => value === null || typeof value === 'string'
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => isText(value) || (Array.isArray(value) && value.every(isText))
    )
  )
}
