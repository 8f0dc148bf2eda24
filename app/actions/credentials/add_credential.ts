import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import { StoreCredential, type CredentialInput } from '#actions/credentials/store_credential'
import { CreateProvider } from '#actions/providers/create_provider'
import type { ApprovedLosses, SandboxLosses } from '#sandbox/losses'
import { isPracticeKey } from '#sandbox/practice_keys'

export interface NewCredential extends CredentialInput {
  /** The caller knows that the console no longer asks for a secret, though it did until now. */
  secretSwitchedOff?: boolean
  /** The losses agreed to if real keys replace a practice provider; `null`: never replace one. */
  approvedLosses?: ApprovedLosses | null
  /** `Provider.keysVersion` that the form carries (`isStale`). */
  version?: string
  actor: Actor
}

export type CredentialAddition =
  | { kind: 'added'; credential: ProviderCredential }
  /** This exact pair is here already and not revoked. */
  | { kind: 'known'; credential: ProviderCredential }
  | {
      kind: 'replaced_sandbox'
      provider: Provider
      credential: ProviderCredential
      losses: SandboxLosses
    }
  /** A practice provider would be replaced, and nobody has agreed to losing this much. */
  | { kind: 'sandbox_in_the_way'; losses: SandboxLosses }
  | { kind: 'practice_only' }
  /** The key in use has a secret, so the application most likely insists on one. */
  | { kind: 'secret_expected' }
  | { kind: 'another_application' }
  | { kind: 'stale' }
  | { kind: 'gone' }

/**
 * Adds a credential as a draft. Real keys never go into a sandbox row: a real provider
 * replaces it and starts with them.
 */
export class AddCredential {
  async handle(
    { id }: Provider,
    input: NewCredential,
    within?: TransactionClientContract
  ): Promise<CredentialAddition> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }

      if (provider.sandbox && !(await isPracticeKey(provider.driver, input))) {
        if (input.approvedLosses === null) return { kind: 'practice_only' }
        const creation = await new CreateProvider().handle(
          {
            key: provider.key,
            driver: provider.driver,
            keys: input,
            approvedLosses: input.approvedLosses,
            actor: input.actor,
          },
          trx
        )
        if (creation.kind === 'key_taken') return { kind: 'gone' }
        if (creation.kind === 'sandbox_in_the_way') return creation
        const { provider: real, credential, losses } = creation
        return {
          kind: 'replaced_sandbox',
          provider: real,
          credential: credential!,
          losses: losses!,
        }
      }

      await provider.load('credentials')
      const { clientId, clientSecret } = input
      const known = provider.credentials.find(
        (one) =>
          one.status !== 'revoked' && one.clientId === clientId && one.hasSecret(clientSecret ?? '')
      )
      if (known) return { kind: 'known', credential: known }

      if (await provider.hasOtherKeys(input.version)) return { kind: 'stale' }
      if (await provider.isAnotherApplication(clientId)) return { kind: 'another_application' }
      if (!clientSecret && provider.expectsSecret && !input.secretSwitchedOff) {
        return { kind: 'secret_expected' }
      }

      const how = { status: 'draft', actor: input.actor } as const
      const credential = await new StoreCredential().handle(provider, input, how, trx)
      return { kind: 'added', credential }
    }, within)
  }
}
