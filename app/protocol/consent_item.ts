/** One thing that a person may let this service have, in the words of this project. */
export interface ConsentItem {
  /** The provider's own name for it, such as `account_email`. */
  id: string
  /** What the provider calls it before people; `null` when it does not say. */
  label: string | null
  agreed: boolean
  /** Whether the person can take back this one, and leave the others. */
  withdrawable: boolean
}
