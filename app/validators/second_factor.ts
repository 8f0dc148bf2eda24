import type { HttpContext } from '@adonisjs/core/http'
import type { I18n } from '@adonisjs/i18n'
import type { SecondFactorCheck, TypedFactor } from '#auth/second_factor'
import RecoveryCode from '#models/recovery_code'
import { now } from '#time/clock'
import { codeProofValidator } from '#validators/account'
import { readForm, type FormState, type Submission } from '#validators/form'

/** Reads the page that asks for a second factor: the app's digits, or a recovery code. */
export async function readSecondFactor(ctx: HttpContext): Promise<Submission<TypedFactor>> {
  const { request, i18n } = ctx
  const written = request.body().recoveryCode
  if (written !== undefined) {
    const recoveryCode = typeof written === 'string' ? RecoveryCode.read(written) : null
    if (recoveryCode) return { valid: true, data: { recoveryCode } }
    return {
      valid: false,
      form: complaint('recoveryCode', i18n.t(`${MESSAGES}.recoveryCode.invalid`)),
    }
  }
  const form = await readForm(ctx, codeProofValidator)
  if (form.valid) return form
  return { valid: false, form: complaint('code', i18n.t(`${MESSAGES}.code.invalid`)) }
}

/** Says next to the field why what was typed there does not count. */
export function secondFactorComplaint(
  typed: TypedFactor,
  check: Exclude<SecondFactorCheck, { kind: 'right' }>,
  i18n: I18n
): FormState {
  const field = 'code' in typed ? 'code' : 'recoveryCode'
  const minutes = check.kind === 'paused' ? Math.ceil(check.until.diff(now()).as('minutes')) : 0
  return complaint(field, i18n.t(`${MESSAGES}.${field}.${check.kind}`, { minutes }))
}

const MESSAGES = 'second_factor.errors'

/** Without values: a code that did not count has to be typed again. */
function complaint(field: 'code' | 'recoveryCode', message: string): FormState {
  return { values: {}, errors: { [field]: message } }
}
