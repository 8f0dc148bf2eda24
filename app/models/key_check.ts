import { KeyCheckSchema } from '#database/schema'

/** A known value under SECRETS_KEY, to notice on start that the key is another one. */
export default class KeyCheck extends KeyCheckSchema {
  static selfAssignPrimaryKey = true
}
