/** What somebody agreed to before there is a member to write it down for. */
export interface Agreed {
  /** Public ids of versions of documents. */
  versions: string[]
  /** Whether they said that they are old enough. */
  ofAge: boolean
  /** When, as ISO 8601. */
  at: string
}
