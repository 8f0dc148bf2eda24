import { SandboxMailSchema } from '#database/schema'

/** A mail that the sandbox kept instead of sending it, for the inbox page. */
export default class SandboxMail extends SandboxMailSchema {
  /** How long it can be viewed. */
  static readonly LIFETIME = { days: 7 }
}
