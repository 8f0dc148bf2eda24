import { ReplaceOldSigningKey } from '#actions/clients/replace_old_signing_key'
import type { Job } from '#jobs/job'

/** Publishes the next key for ID tokens when the newest has grown old. */
export class RotateOldSigningKeys implements Job {
  readonly name = 'signing keys'
  readonly everyMs = 60 * 60 * 1_000

  async handle() {
    return { rotated: (await new ReplaceOldSigningKey().handle()) ? 1 : 0 }
  }
}
