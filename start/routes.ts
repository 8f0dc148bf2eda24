import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** The middleware for every page meant for people. */
const page = [
  middleware.unattended(),
  middleware.canonicalHost(),
  middleware.session(),
  middleware.formToken(),
  middleware.shield(),
  middleware.auth(),
  middleware.visitor(),
]

/** Counts a request towards a limit of app/limits/limits.ts. */
const { limit } = middleware

/* For machines: no session, no CSRF. */
router.get('/health/live', [controllers.Health, 'index'])
router.get('/health/ready', [controllers.Health, 'show'])
router.get('/metrics', [controllers.Metrics, 'show'])
router.get('/theme/:name', [controllers.ThemeSheets, 'show'])
router.route(
  '/webhooks/:provider/unlinked',
  ['GET', 'POST'],
  [controllers.webhooks.UnlinkNotices, 'store']
)

router
  .group(() => {
    router.get('/', [controllers.Home, 'index']).use(middleware.compress())
    router
      .get('/documents/:key/:number?', [controllers.Documents, 'show'])
      .use(middleware.compress())

    /* Signing in and up */
    router.get('/user/login', [controllers.Session, 'create']).use(middleware.compress())
    router.post('/user/login', [controllers.Session, 'store'])
    router.post('/user/logout', [controllers.Session, 'destroy'])
    router.get('/user/login/second_factor', [controllers.SecondFactor, 'create'])
    router
      .post('/user/login/second_factor', [controllers.SecondFactor, 'store'])
      .use(limit('second_factor'))
    router.get('/user/login/agreements', [controllers.Agreements, 'create'])
    router
      .post('/user/login/agreements', [controllers.Agreements, 'store'])
      .use(limit('second_factor'))
    router.post('/user/login/agreements/decline', [controllers.Agreements, 'destroy'])
    router
      .get('/user/create', [controllers.Registration, 'create'])
      .use([middleware.guest(), middleware.compress()])
    router
      .post('/user/create', [controllers.Registration, 'store'])
      .use([middleware.guest(), limit('sign_up')])

    /* The trip to a provider and back */
    router.get('/user/login/social/:provider', [controllers.Social, 'create'])
    router
      .post('/user/login/social/:provider', [controllers.Social, 'store'])
      .use(limit('social_start'))
    router
      .get('/user/login/social/:provider/callback', [controllers.Social, 'show'])
      .use(limit('social_callback'))
    router
      .get('/user/login/social/:provider/waiting/:id', [controllers.WaitingTrips, 'show'])
      .use(limit('social_look'))
    router.post('/user/login/social/:provider/waiting/:id/cancel', [
      controllers.WaitingTrips,
      'destroy',
    ])

    /* An account already has this address: prove that it is yours */
    router.get('/user/login/prove', [controllers.pending.Proofs, 'show'])
    router.post('/user/login/prove', [controllers.pending.Proofs, 'store']).use(limit('proofs'))
    router.post('/user/login/prove/code', [controllers.pending.Codes, 'store']).use(limit('proofs'))
    router.post('/user/login/prove/cancel', [controllers.pending.Cancellations, 'store'])

    /* The provider lacks a required field: enter it here */
    router.get('/user/login/complete', [controllers.pending.Completions, 'show'])
    router
      .post('/user/login/complete', [controllers.pending.Completions, 'store'])
      .use(limit('proofs'))

    /* Links in mails: an address to prove, a password to reset */
    router.get('/user/resend_verify_email', [controllers.VerificationMail, 'create'])
    router
      .post('/user/resend_verify_email', [controllers.VerificationMail, 'store'])
      .use(limit('mail_requests'))
    router.get('/user/:id/verify/:token', [controllers.EmailVerification, 'edit'])
    router
      .post('/user/:id/verify/:token', [controllers.EmailVerification, 'update'])
      .use(limit('mailed_links'))
    router.get('/user/password/forgot', [controllers.PasswordReset, 'create'])
    router
      .post('/user/password/forgot', [controllers.PasswordReset, 'store'])
      .use(limit('mail_requests'))
    router.get('/user/password/reset/:token', [controllers.PasswordReset, 'edit'])
    router
      .post('/user/password/reset/:token', [controllers.PasswordReset, 'update'])
      .use(limit('mailed_links'))

    /* A site's request that waits until someone has signed in */
    router.get('/oidc/interaction/:uid', [controllers.oidc.Interactions, 'show'])
    router.post('/oidc/interaction/:uid', [controllers.oidc.Interactions, 'update'])
    router
      .get('/oidc/interaction/:uid/resume', [controllers.oidc.Resumptions, 'show'])
      .where('uid', /^[\w-]+$/)
    router.get('/oidc/session/end', [controllers.oidc.SignOuts, 'show'])
    router.post('/oidc/session/end', [controllers.oidc.SignOuts, 'create'])
    router.post('/oidc/session/end/confirm', [controllers.oidc.SignOuts, 'store'])
  })
  .use(page)

/* The members' board: anyone may read, members write. Switched off, it does not exist. */
router
  .group(() => {
    router.get('/article', [controllers.Articles, 'index']).use(middleware.compress())
    router.get('/article/create', [controllers.Articles, 'create']).use(middleware.signedIn())
    router.post('/article/create', [controllers.Articles, 'store'])
    router.get('/article/:id', [controllers.Articles, 'show']).use(middleware.compress())
    router.get('/article/:id/update', [controllers.Articles, 'edit']).use(middleware.signedIn())
    router.post('/article/:id/update', [controllers.Articles, 'update'])
  })
  .use([...page, middleware.board()])

/* In the sandbox: mails that are not really sent. Without it these pages do not exist. */
router
  .group(() => {
    router.get('/inbox', [controllers.Inbox, 'index'])
    router.get('/inbox/:id', [controllers.Inbox, 'show'])
  })
  .use([middleware.inbox(), ...page])

/* The account: what signed-in people see about themselves */
router
  .group(() => {
    router.get('/', [controllers.account.Overview, 'show'])
    router.get('name', [controllers.account.Names, 'edit'])
    router.post('name', [controllers.account.Names, 'update'])
    router.get('email', [controllers.account.Emails, 'edit']).use(middleware.recent())
    router
      .post('email', [controllers.account.Emails, 'update'])
      .use([middleware.recent(), limit('account_mails')])
    router
      .post('email/proof', [controllers.account.EmailProofs, 'store'])
      .use(limit('account_mails'))
    router.get('email/link', [controllers.EmailVerification, 'show'])

    /* Ways to sign in; changing a password requires the present one, or a recent sign-in */
    router.get('password', [controllers.account.Passwords, 'edit'])
    router.post('password', [controllers.account.Passwords, 'update'])
    router.get('sign_in_methods', [controllers.account.SignInMethods, 'index'])
    router
      .group(() => {
        router.post('password/remove', [controllers.account.Passwords, 'destroy'])
        router.post('sign_in_methods/:id/disconnect', [
          controllers.account.SignInMethods,
          'destroy',
        ])
      })
      .use(middleware.recent({ page: '/account/sign_in_methods' }))

    /* What a provider may tell us about a person, with their consent */
    router.get('sign_in_methods/:id/data', [controllers.account.Consents, 'index'])
    router.post('sign_in_methods/:id/data/withdraw', [controllers.account.Consents, 'destroy'])

    /* The second factor */
    router
      .group(() => {
        router.get('second_factor', [controllers.account.SecondFactors, 'show'])
        router.post('second_factor', [controllers.account.SecondFactors, 'store'])
        router.post('second_factor/remove', [controllers.account.SecondFactors, 'destroy'])
        router.get('second_factor/setup', [controllers.account.SecondFactorSetups, 'edit'])
        router.post('second_factor/setup', [controllers.account.SecondFactorSetups, 'update'])
        router.post('second_factor/recovery_codes', [controllers.account.RecoveryCodes, 'store'])
      })
      .use(middleware.recent({ page: '/account/second_factor' }))

    /* Is it still you? */
    router.get('reauthenticate', [controllers.account.Reauthentications, 'create'])
    router
      .post('reauthenticate', [controllers.account.Reauthentications, 'store'])
      .use(limit('reauthentication'))
    router
      .post('reauthenticate/code', [controllers.account.Reauthentications, 'update'])
      .use(limit('reauthentication'))
    router
      .post('reauthenticate/code/send', [controllers.account.SignInCodes, 'store'])
      .use(limit('reauthentication'))
    router.get('reauthenticate/second_factor', [controllers.account.SecondFactorProofs, 'create'])
    router
      .post('reauthenticate/second_factor', [controllers.account.SecondFactorProofs, 'store'])
      .use(limit('reauthentication'))

    /* Where the person is signed in, and since when */
    router.get('devices', [controllers.account.Devices, 'index'])
    router.post('devices/sign_out', [controllers.account.AllDevices, 'destroy'])
    router.post('devices/:id/sign_out', [controllers.account.Devices, 'destroy'])
    router.get('history', [controllers.account.Histories, 'show'])

    /* Other sites where they sign in with this account */
    router.get('sites', [controllers.account.Sites, 'index'])
    router.post('sites/:id/take_back', [controllers.account.Sites, 'destroy'])

    /* What they have agreed to, and a copy of what is kept about them */
    router.get('agreements', [controllers.account.Agreements, 'index'])
    router.post('agreements/:id', [controllers.account.Agreements, 'store'])
    router.post('agreements/:id/take_back', [controllers.account.Agreements, 'destroy'])
    router.get('export', [controllers.account.Exports, 'show']).use(middleware.recent())

    /* Withdrawal */
    router.get('withdrawal', [controllers.account.Withdrawals, 'create'])
    router.post('withdrawal', [controllers.account.Withdrawals, 'store']).use(middleware.recent())
    router.post('withdrawal/schedule', [controllers.account.ScheduledWithdrawals, 'store'])
    router.post('withdrawal/cancel', [controllers.account.ScheduledWithdrawals, 'destroy'])
  })
  .prefix('/account')
  .as('account')
  .use([...page, middleware.signedIn()])

/* Administration. For anyone but an administrator these pages do not exist. */
const administration = [
  ...page,
  middleware.signedIn(),
  middleware.admin(),
  middleware.adminLimits(),
]

/* Changes to what decides who gets in, and exports of it: require a recent sign-in. */
router
  .group(() => {
    /* Providers and their switch */
    router.get('providers/create', [controllers.admin.providers.Providers, 'create'])
    router.post('providers/create', [controllers.admin.providers.Providers, 'store'])
    router.get('providers/:id/settings', [controllers.admin.providers.ProviderSettings, 'edit'])
    router.post('providers/:id/settings', [controllers.admin.providers.ProviderSettings, 'update'])
    router.post('providers/:id/activation', [
      controllers.admin.providers.ProviderActivations,
      'store',
    ])
    router.post('providers/:id/activation/end', [
      controllers.admin.providers.ProviderActivations,
      'destroy',
    ])
    router.post('providers/:id/auto_hiding/end', [
      controllers.admin.providers.AutomaticHidings,
      'destroy',
    ])

    router.post('providers/:id/notices', [controllers.admin.records.Notices, 'update'])

    /* Their keys */
    router.get('providers/:id/rotation', [controllers.admin.credentials.Rotations, 'show'])
    router.post('providers/:id/rotation', [controllers.admin.credentials.Rotations, 'store'])
    router.post('providers/:id/practice_keys', [controllers.admin.providers.PracticeKeys, 'store'])
    router.get('providers/:id/admin_key', [controllers.admin.providers.AdminKeys, 'edit'])
    router.post('providers/:id/admin_key', [controllers.admin.providers.AdminKeys, 'update'])
    router.post('providers/:id/admin_key/remove', [
      controllers.admin.providers.AdminKeys,
      'destroy',
    ])
    router.get('providers/:id/credentials/create', [
      controllers.admin.credentials.Credentials,
      'create',
    ])
    router.post('providers/:id/credentials/create', [
      controllers.admin.credentials.Credentials,
      'store',
    ])
    router.post('credentials/:id/activation', [
      controllers.admin.credentials.CredentialActivations,
      'store',
    ])
    router.get('credentials/:id/revocation', [
      controllers.admin.credentials.CredentialRevocations,
      'create',
    ])
    router.post('credentials/:id/revocation', [
      controllers.admin.credentials.CredentialRevocations,
      'store',
    ])

    /* What this site is called, how it looks, whom it lets in */
    router.get('site', [controllers.admin.site.Settings, 'edit'])
    router.get('site/preview', [controllers.admin.site.Previews, 'show'])
    router.post('site', [controllers.admin.site.Settings, 'update'])
    router.get('site/documents', [controllers.admin.site.Documents, 'index'])
    router.post('site/documents/agreements', [controllers.admin.site.AgreementExports, 'store'])
    router.post('site/documents/age', [controllers.admin.site.AgeQuestions, 'update'])
    router.post('site/documents/order', [controllers.admin.site.DocumentOrders, 'update'])
    router.get('site/documents/create', [controllers.admin.site.Documents, 'create'])
    router.post('site/documents/create', [controllers.admin.site.Documents, 'store'])
    router.get('site/documents/:id', [controllers.admin.site.Documents, 'edit'])
    router.post('site/documents/:id', [controllers.admin.site.Documents, 'update'])
    router.post('site/documents/:id/versions', [controllers.admin.site.DocumentVersions, 'store'])

    /* What administrators need to get here */
    router.get('security', [controllers.admin.people.Security, 'show'])
    router.post('security/second_factor', [
      controllers.admin.people.SecondFactorRequirements,
      'store',
    ])
    router.post('security/second_factor/end', [
      controllers.admin.people.SecondFactorRequirements,
      'destroy',
    ])

    /* Trying them: asking the provider, or a complete sign-in that writes nothing but its report */
    router.post('credentials/:id/checks', [controllers.admin.credentials.CredentialChecks, 'store'])
    router.post('credentials/:id/trials', [controllers.admin.providers.Trials, 'store'])
  })
  .prefix('/admin')
  .as('admin')
  .use([...administration, middleware.recent({ page: '/admin' })])

/* Sites that sign their visitors in here */
router
  .group(() => {
    router.get('clients/create', [controllers.admin.sites.Clients, 'create'])
    router.post('clients/create', [controllers.admin.sites.Clients, 'store'])
    router.get('clients/:id/settings', [controllers.admin.sites.ClientSettings, 'edit'])
    router.post('clients/:id/settings', [controllers.admin.sites.ClientSettings, 'update'])
    router.post('clients/:id/activation', [controllers.admin.sites.ClientActivations, 'store'])
    router.post('clients/:id/activation/end', [
      controllers.admin.sites.ClientActivations,
      'destroy',
    ])
    router.get('clients/:id/deletion', [controllers.admin.sites.ClientDeletions, 'create'])
    router.post('clients/:id/deletion', [controllers.admin.sites.ClientDeletions, 'store'])

    /* Their secrets, and the keys that sign what they get */
    router.get('clients/:id/secrets', [controllers.admin.sites.ClientSecrets, 'index'])
    router.post('clients/:id/secrets', [controllers.admin.sites.ClientSecrets, 'store'])
    router.post('clients/:id/secrets/roll_back', [
      controllers.admin.sites.ClientSecretRollBacks,
      'store',
    ])
    router.get('client_secrets/:id/revocation', [
      controllers.admin.sites.ClientSecretRevocations,
      'create',
    ])
    router.post('client_secrets/:id/revocation', [
      controllers.admin.sites.ClientSecretRevocations,
      'store',
    ])
    router.post('clients/:id/trials', [controllers.admin.sites.ClientTrials, 'store'])
    router.get('signing_keys', [controllers.admin.sites.SigningKeys, 'index'])
    router.post('signing_keys', [controllers.admin.sites.SigningKeys, 'store'])
  })
  .prefix('/admin')
  .as('admin')
  .use([...administration, middleware.recent({ page: '/admin/clients' })])

/* Viewing, and changes that let nobody in */
router
  .group(() => {
    router.on('/').redirectToPath('/admin/providers', { status: 303 }).as('home')
    router.get('providers', [controllers.admin.providers.Providers, 'index'])
    router.post('providers/order', [controllers.admin.providers.ProviderOrders, 'update'])
    router.get('providers/:id', [controllers.admin.providers.Providers, 'show'])
    router.get('providers/:id/notices', [controllers.admin.records.Notices, 'show'])
    router.get('providers/:id/preview', [controllers.admin.providers.ProviderPreviews, 'show'])
    router.post('providers/:id/steps/:step', [controllers.admin.providers.SetUpTicks, 'store'])
    router.post('providers/:id/steps/:step/undo', [
      controllers.admin.providers.SetUpTicks,
      'destroy',
    ])
    router.get('providers/:id/health', [controllers.admin.providers.ProviderHealth, 'show'])
    router.get('trials/:id', [controllers.admin.providers.Trials, 'show'])
    router.get('clients', [controllers.admin.sites.Clients, 'index'])
    router.get('clients/:id', [controllers.admin.sites.Clients, 'show'])
    router.get('client_trials', [controllers.admin.sites.ClientTrials, 'show'])
    router.post('trials/:id/departures', [controllers.admin.providers.TrialDepartures, 'store'])
  })
  .prefix('/admin')
  .as('admin')
  .use(administration)

/* Providers moving to another site, or from one */
router
  .group(() => {
    router.get('/', [controllers.admin.providers.Transfers, 'show'])
    router.post('/export', [controllers.admin.providers.Exports, 'store'])
    router.post('/import', [controllers.admin.providers.Imports, 'create'])
    router.post('/import/apply', [controllers.admin.providers.Imports, 'store'])
  })
  .prefix('/admin/transfer')
  .as('admin.transfer')
  .use([...administration, middleware.recent({ page: '/admin/transfer' })])

/* Mails that could not be delivered */
router
  .group(() => {
    router.get('/', [controllers.admin.records.Mails, 'index'])
    router
      .post('/trial', [controllers.admin.records.TrialMails, 'store'])
      .use(limit('account_mails'))
    router.post('/:id/retry', [controllers.admin.records.Mails, 'update'])
    router.post('/:id/drop', [controllers.admin.records.Mails, 'destroy'])
  })
  .prefix('/admin/mails')
  .as('admin')
  .use(administration)

/* What other sites are told, and what could not be sent to them */
router
  .group(() => {
    router.get('site_messages', [controllers.admin.sites.SiteMessages, 'index'])
    router.post('site_messages/:id/retry', [controllers.admin.sites.SiteMessages, 'update'])
    router.post('site_messages/:id/drop', [controllers.admin.sites.SiteMessages, 'destroy'])
    router.get('clients/:id/messages', [controllers.admin.sites.ClientMessages, 'index'])
    router
      .group(() => {
        router.post('webhook_secret', [controllers.admin.sites.WebhookSecrets, 'store'])
        router.post('webhook', [controllers.admin.sites.WebhookActivations, 'store'])
        router.post('webhook/end', [controllers.admin.sites.WebhookActivations, 'destroy'])
      })
      .prefix('clients/:id')
      .use(middleware.recent({ page: '/admin/clients/:id/messages' }))
  })
  .prefix('/admin')
  .as('admin')
  .use(administration)

/* Links that could not be ended at their providers */
router
  .group(() => {
    router.get('/', [controllers.admin.records.Revocations, 'index'])
    router.post('/:id/retry', [controllers.admin.records.Revocations, 'update'])
    router.post('/:id/drop', [controllers.admin.records.Revocations, 'destroy'])
  })
  .prefix('/admin/revocations')
  .as('admin')
  .use(administration)

/* People, their sign-ins, and what administrators did */
router
  .group(() => {
    router.get('users', [controllers.admin.people.Users, 'index'])
    router.get('users/:id', [controllers.admin.people.Users, 'show'])
    router.get('sign_ins', [controllers.admin.people.SignIns, 'index'])
    router.get('sign_ins/:id', [controllers.admin.people.SignIns, 'show'])
    router.get('audit', [controllers.admin.records.Audit, 'index'])
    router
      .post('audit/export', [controllers.admin.records.AuditExports, 'store'])
      .use(middleware.recent({ page: '/admin/audit' }))
    router
      .group(() => {
        router.post('suspension', [controllers.admin.people.Suspensions, 'store'])
        router.post('suspension/end', [controllers.admin.people.Suspensions, 'destroy'])
        router.post('administrator', [controllers.admin.people.Administrators, 'store'])
        router.post('administrator/end', [controllers.admin.people.Administrators, 'destroy'])
        router.post('devices/sign_out', [controllers.admin.people.Devices, 'destroy'])
      })
      .prefix('users/:id')
      .use(middleware.recent({ page: '/admin/users/:id' }))
  })
  .prefix('/admin')
  .as('admin')
  .use(administration)
