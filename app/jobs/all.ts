import mail from '@adonisjs/mail/services/main'
import { delivery } from '#config/mail'
import { EndLinks } from '#jobs/end_links'
import { EndRetirements } from '#jobs/end_retirements'
import { ForgetCodes } from '#jobs/forget_codes'
import type { Job } from '#jobs/job'
import { Prune } from '#jobs/prune'
import { RemindOfSecrets } from '#jobs/remind_of_secrets'
import { RotateOldSigningKeys } from '#jobs/rotate_old_signing_keys'
import { SendMails } from '#jobs/send_mails'
import { TellSites } from '#jobs/tell_sites'
import { WatchProviders } from '#jobs/watch_providers'
import { ApplyNotices } from '#jobs/apply_notices'
import { WithdrawDue } from '#jobs/withdraw_due'

/** Every job, one per line. Created once the application has booted. */
export function allJobs(): Job[] {
  return [
    new SendMails(delivery === 'none' ? null : mail.use()),
    new TellSites(),
    new WatchProviders(),
    new WithdrawDue(),
    new EndLinks(),
    new ApplyNotices(),
    new EndRetirements(),
    new ForgetCodes(),
    new RemindOfSecrets(),
    new RotateOldSigningKeys(),
    new Prune(),
  ]
}
