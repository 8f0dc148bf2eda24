import type { RequirableField } from '#protocol/person'

/** A step that only a person can take, in a provider's console. */
export interface ConsoleStep {
  /** Its text is under `steps.<driver>.<name>` in `guide.json`. */
  readonly name: string
  /** The provider's own page about it (the sources in docs/protocol). */
  readonly page?: string
  /** The step applies only if a sign-in must supply this field. */
  readonly neededFor?: RequirableField
  /** The address to register in this step. */
  readonly address?: 'callback' | 'unlink_notice' | 'site'
  /** Nobody could sign in without this step, so a successful sign-in proves that it is done. */
  readonly isProvenBySignIn?: boolean
}

/** Where a provider's applications are registered, and what has to be set up there. */
export interface DeveloperConsole {
  readonly url: string
  /** In the recommended order. */
  readonly steps: readonly ConsoleStep[]
  /** What the provider does with a scope in a request. */
  readonly scopes: 'ignored' | 'must_be_set_up'
  /** Whether it issues admin keys to applications. */
  readonly hasAdminKey: boolean
}
