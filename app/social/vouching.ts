import type Provider from '#models/provider'
import type { Profile } from '#social/profile'

/**
 * Whether a provider's word is enough to believe that the address in a profile
 * is this person's own (design.md §4).
 */
export function vouchesForEmail(
  profile: Pick<Profile, 'email' | 'emailStatus'>,
  policy: Provider['emailPolicy'],
  ownDomains: readonly string[]
): boolean {
  if (profile.email === null) return false
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
