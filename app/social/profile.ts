/** The items that a provider can be required to give. */
export const REQUIRABLE_FIELDS = ['email', 'name'] as const
export type RequirableField = (typeof REQUIRABLE_FIELDS)[number]

/** What a driver learned about a person, in the words of this project. */
export interface Profile {
  /** The provider's id for this person in this application; always text. */
  subject: string
  /** Normalised; `null` when not given or not an address. */
  email: string | null
  /** `unknown` when the provider says nothing either way, as Naver. */
  emailStatus: 'verified' | 'unverified' | 'unknown'
  /** The real name, else a nickname that is not the provider's default. */
  name: string | null
  nickname: string | null
  avatarUrl: string | null
  /** Which absent fields the provider would ask the person for once more. */
  canAskAgain: RequirableField[]
}
