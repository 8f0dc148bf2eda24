import type { RequirableField } from '#protocol/person'

/** What only a person can do, in the console of a provider. */
export interface ConsoleStep {
  /** Its words are under `steps.<driver>.<name>` in `guide.json`. */
  readonly name: string
  /** The provider's own page about it (the sources in docs/protocol). */
  readonly page?: string
  /** Only where a sign-in must bring this. */
  readonly neededFor?: RequirableField
  /** The address to register in this step. */
  readonly address?: 'callback' | 'unlink_notice' | 'site'
  /** Nobody could sign in without it, so a sign-in that succeeds shows that it is done. */
  readonly isProvenBySignIn?: boolean
}

/** Where applications of a provider are registered, and what has to be set up there. */
export interface DeveloperConsole {
  readonly url: string
  /** In the order in which they are best done. */
  readonly steps: readonly ConsoleStep[]
  /** What the provider makes of a scope that it is sent. */
  readonly scopes: 'ignored' | 'must_be_set_up'
  /** Whether it gives an application an admin key. */
  readonly hasAdminKey: boolean
}
