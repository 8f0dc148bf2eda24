import type Provider from '#models/provider'
import { DRIVERS } from '#protocol/drivers'
import type { Profile } from '#trip/profile'

/** Applies `vouchesForEmail` with a provider's own policy and its driver's domains. */
export function vouches(
  { driver, emailPolicy }: Pick<Provider, 'driver' | 'emailPolicy'>,
  profile: Pick<Profile, 'email' | 'emailStatus'>
): boolean {
  return vouchesForEmail(profile, emailPolicy, DRIVERS[driver].ownDomains)
}

/**
 * Whether an address that was proved stays proved after what a provider now says about
 * a person it knows. Silence does not undo the proof, and neither does a provider that
 * never says whether an address is proved, whatever the current policy: neither claims
 * that the address is somebody else's.
 */
export function stillVouches(
  profile: Pick<Profile, 'email' | 'emailStatus'>,
  email: string,
  isVouchedFor: boolean
): boolean {
  if (profile.emailStatus === 'lost') return false
  if (profile.email === null) return true
  return profile.email === email && (isVouchedFor || profile.emailStatus !== 'unverified')
}

/**
 * Whether a provider's word is enough to believe that the address in a profile
 * belongs to this person (docs/design.md#vouching).
 */
export function vouchesForEmail(
  profile: Pick<Profile, 'email' | 'emailStatus'>,
  policy: Provider['emailPolicy'],
  ownDomains: readonly string[]
): boolean {
  if (profile.email === null || profile.emailStatus === 'lost') return false
  switch (policy) {
    case 'never':
      return false
    case 'provider_says':
      return profile.emailStatus === 'verified'
    case 'own_domain':
      return ownDomains.includes(profile.email.slice(profile.email.lastIndexOf('@') + 1))
    case 'trusted':
      return true
  }
}
