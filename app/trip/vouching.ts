import type Provider from '#models/provider'
import { DRIVERS } from '#protocol/drivers'
import type { Profile } from '#trip/profile'

/** The same, by what is set and known of a provider. */
export function vouches(
  { driver, emailPolicy }: Pick<Provider, 'driver' | 'emailPolicy'>,
  profile: Pick<Profile, 'email' | 'emailStatus'>
): boolean {
  return vouchesForEmail(profile, emailPolicy, DRIVERS[driver].ownDomains)
}

/**
 * Whether what a provider says of somebody it knows leaves the proof of an address
 * as it was. Silence does, and so does a provider that never says whether an address
 * is proved, whatever the policy is by now: neither says that it is another's.
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
 * is this person's own (docs/design.md#vouching).
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
