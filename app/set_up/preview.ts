import { appUrl } from '#config/app'
import Provider from '#models/provider'
import { buttonsOf, type ProviderButton } from '#trip/panel'

/** What visitors see of a provider. */
export interface Preview {
  /** The buttons of the sign-in page, this provider's among them unless it is hidden. */
  buttons: ProviderButton[]
  /** Why its own button is missing, if it is. */
  state: 'shown' | 'off' | 'hidden'
  /** The page that shows its button even when it is hidden. */
  address: string
}

/**
 * The buttons as they would be with this provider switched on.
 *
 * @param unsaved values typed but not yet saved; by default those of the row
 */
export async function previewOf(
  provider: Provider,
  unsaved: { label: string; hidden: boolean } = provider
): Promise<Preview> {
  const { label, hidden } = unsaved
  const all = await Provider.query().withScopes((scopes) => scopes.inOrder())
  const shown = all.filter((one) => (one.id === provider.id ? !hidden : one.hasButton))
  const { key, driver, isAutoHidden, allowSignUp } = provider
  return {
    buttons: buttonsOf(
      shown.map((one) =>
        one.id === provider.id ? { key, driver, label, isAutoHidden, allowSignUp } : one
      )
    ),
    address: `${appUrl}/user/login?with=${key}`,
    state: hidden ? 'hidden' : provider.isUsable ? 'shown' : 'off',
  }
}
