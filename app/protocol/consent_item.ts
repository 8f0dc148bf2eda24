/** One thing that a person may share with this service, in this project's terms. */
export interface ConsentItem {
  /** The provider's own name for it, such as `account_email`. */
  id: string
  /** What the provider calls it when talking to people; `null` when it does not say. */
  label: string | null
  agreed: boolean
  /** Whether the person can withdraw consent to this item alone. */
  withdrawable: boolean
}
