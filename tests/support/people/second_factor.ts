import { TOTP } from 'otpauth'
import SecondFactor from '#models/second_factor'
import { know } from '#tests/support/secret_scan/sinks'
import type { Page, Visitor } from '#tests/support/visitor'

export const SETUP = '/account/second_factor/setup'
export const ASKED = '/user/login/second_factor'

/** A person's authenticator app, as on their phone. */
export class AuthenticatorApp {
  readonly #totp: TOTP

  /** @param secret as the set-up page shows it */
  constructor(secret: string) {
    this.#totp = new TOTP({ secret: secret.replaceAll(' ', '') })
  }

  /** The code it shows now, or the given number of 30-second steps later. */
  code(stepsLater = 0): string {
    return this.#totp.generate({ timestamp: Date.now() + stepsLater * 30_000 })
  }

  /** Six digits that it does not show at any time near now. */
  wrongCode(): string {
    const near = [-2, -1, 0, 1, 2].map((steps) => this.code(steps))
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
      (code) => !near.includes(code)
    )!
  }
}

export interface SetUp {
  app: AuthenticatorApp
  /** The code that confirmed it: correct for a while, but used up. */
  usedCode: string
  recoveryCodes: string[]
}

/** The text of a copy field on the page. */
export function copied(page: Page, id: string): string {
  return page.textIn(id)
}

/** Begins a set-up through the pages; returns the page with the secret. */
export async function beginSetUp(visitor: Visitor): Promise<Page> {
  const page = await visitor.get('/account/second_factor')
  await visitor.submit(page, '/account/second_factor')
  return visitor.get(SETUP)
}

/** Sets up a second factor through the pages, for a signed-in visitor. */
export async function setUp(visitor: Visitor): Promise<SetUp> {
  const page = await beginSetUp(visitor)
  const app = new AuthenticatorApp(copied(page, 'secret'))
  const usedCode = app.code()
  const shown = await visitor.submit(page, SETUP, { code: usedCode })
  const recoveryCodes = copied(shown, 'recovery-codes').split('\n')
  for (const code of recoveryCodes) know('recovery code', code)
  return { app, usedCode, recoveryCodes }
}

/** Makes every code usable again, as if half a minute had passed. */
export async function letCodesBeFresh() {
  await SecondFactor.query().update({ lastCounter: null })
}

/** Types something into the page that asks for the second factor. */
export async function answer(visitor: Visitor, fields: Record<string, string>): Promise<Page> {
  return visitor.submit(await visitor.get(ASKED), ASKED, fields)
}
