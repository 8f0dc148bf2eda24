import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** What every page for people runs behind. */
const page = [middleware.session(), middleware.shield(), middleware.auth(), middleware.visitor()]

/* For machines: no session, no CSRF. */
router.get('/health/live', [controllers.Health, 'index'])
router.get('/health/ready', [controllers.Health, 'show'])
router.get('/metrics', [controllers.Metrics, 'show'])

router
  .group(() => {
    router.get('/', [controllers.Home, 'index'])

    /* Signing in and up */
    router.get('/user/login', [controllers.Session, 'create'])
    router.post('/user/login', [controllers.Session, 'store'])
    router.post('/user/logout', [controllers.Session, 'destroy'])
    router.get('/user/create', [controllers.Registration, 'create']).use(middleware.guest())
    router.post('/user/create', [controllers.Registration, 'store']).use(middleware.guest())

    /* The trip to a provider and back */
    router.post('/user/login/social/:provider', [controllers.Social, 'store'])
    router.get('/user/login/social/:provider/callback', [controllers.Social, 'show'])

    /* An account has this address already: prove that it is yours */
    router.get('/user/login/prove', [controllers.pending.Proofs, 'show'])
    router.post('/user/login/prove', [controllers.pending.Proofs, 'store'])
    router.post('/user/login/prove/code', [controllers.pending.Codes, 'store'])
    router.post('/user/login/prove/cancel', [controllers.pending.Cancellations, 'store'])

    /* The provider lacks a required field: give it here */
    router.get('/user/login/complete', [controllers.pending.Completions, 'show'])
    router.post('/user/login/complete', [controllers.pending.Completions, 'store'])

    /* Links in mails: an address to prove, a password to set anew */
    router.get('/user/resend_verify_email', [controllers.VerificationMail, 'create'])
    router.post('/user/resend_verify_email', [controllers.VerificationMail, 'store'])
    router.get('/user/:id/verify/:token', [controllers.EmailVerification, 'edit'])
    router.post('/user/:id/verify/:token', [controllers.EmailVerification, 'update'])
    router.get('/user/password/forgot', [controllers.PasswordReset, 'create'])
    router.post('/user/password/forgot', [controllers.PasswordReset, 'store'])
    router.get('/user/password/reset/:token', [controllers.PasswordReset, 'edit'])
    router.post('/user/password/reset/:token', [controllers.PasswordReset, 'update'])

    /* The members' board: open to read, members write */
    router.get('/article', [controllers.Articles, 'index'])
    router.get('/article/create', [controllers.Articles, 'create']).use(middleware.signedIn())
    router.post('/article/create', [controllers.Articles, 'store'])
    router.get('/article/:id', [controllers.Articles, 'show'])
    router.get('/article/:id/update', [controllers.Articles, 'edit']).use(middleware.signedIn())
    router.post('/article/:id/update', [controllers.Articles, 'update'])
  })
  .use(page)

/* With the sandbox: the mails that nobody sends. Elsewhere these pages do not exist. */
router
  .group(() => {
    router.get('/inbox', [controllers.Inbox, 'index'])
    router.get('/inbox/:id', [controllers.Inbox, 'show'])
  })
  .use([...page, middleware.inbox()])

/* The account: what a signed-in person sees of themselves */
router
  .group(() => {
    router.get('/', [controllers.account.Overview, 'show'])
    router.get('name', [controllers.account.Names, 'edit'])
    router.post('name', [controllers.account.Names, 'update'])
    router.get('email', [controllers.account.Emails, 'edit']).use(middleware.recent())
    router.post('email', [controllers.account.Emails, 'update']).use(middleware.recent())
    router.post('email/proof', [controllers.account.EmailProofs, 'store'])

    /* Ways to sign in; a password asks for the present one, or for a recent sign-in */
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

    /* Is it still you? */
    router.get('reauthenticate', [controllers.account.Reauthentications, 'create'])
    router.post('reauthenticate', [controllers.account.Reauthentications, 'store'])
    router.post('reauthenticate/code', [controllers.account.Reauthentications, 'update'])
    router.post('reauthenticate/code/send', [controllers.account.SignInCodes, 'store'])

    /* Where signed in, and when */
    router.get('devices', [controllers.account.Devices, 'index'])
    router.post('devices/sign_out', [controllers.account.AllDevices, 'destroy'])
    router.post('devices/:id/sign_out', [controllers.account.Devices, 'destroy'])
    router.get('history', [controllers.account.Histories, 'show'])

    /* Leaving */
    router.get('withdrawal', [controllers.account.Withdrawals, 'create'])
    router.post('withdrawal', [controllers.account.Withdrawals, 'store']).use(middleware.recent())
    router.post('withdrawal/schedule', [controllers.account.ScheduledWithdrawals, 'store'])
    router.post('withdrawal/cancel', [controllers.account.ScheduledWithdrawals, 'destroy'])
  })
  .prefix('/account')
  .as('account')
  .use([...page, middleware.signedIn()])

/* Administration. To anybody but an administrator these pages do not exist. */
router
  .group(() => {
    router.on('/').redirectToPath('/admin/providers', { status: 303 }).as('home')

    /* Providers and their switch */
    router.get('providers', [controllers.admin.Providers, 'index'])
    router.get('providers/create', [controllers.admin.Providers, 'create'])
    router.post('providers/create', [controllers.admin.Providers, 'store'])
    router.get('providers/:id', [controllers.admin.Providers, 'show'])
    router.get('providers/:id/settings', [controllers.admin.ProviderSettings, 'edit'])
    router.post('providers/:id/settings', [controllers.admin.ProviderSettings, 'update'])
    router.post('providers/:id/activation', [controllers.admin.ProviderActivations, 'store'])
    router.post('providers/:id/activation/end', [controllers.admin.ProviderActivations, 'destroy'])

    /* Their keys */
    router.get('providers/:id/credentials/create', [controllers.admin.Credentials, 'create'])
    router.post('providers/:id/credentials/create', [controllers.admin.Credentials, 'store'])
    router.post('credentials/:id/activation', [controllers.admin.CredentialActivations, 'store'])
    router.get('credentials/:id/revocation', [controllers.admin.CredentialRevocations, 'create'])
    router.post('credentials/:id/revocation', [controllers.admin.CredentialRevocations, 'store'])
  })
  .prefix('/admin')
  .as('admin')
  .use([...page, middleware.signedIn(), middleware.admin()])

/* Mails that nobody takes */
router
  .group(() => {
    router.get('/', [controllers.admin.Mails, 'index'])
    router.post('/:id/retry', [controllers.admin.Mails, 'update'])
    router.post('/:id/drop', [controllers.admin.Mails, 'destroy'])
  })
  .prefix('/admin/mails')
  .as('admin')
  .use([...page, middleware.signedIn(), middleware.admin()])

/* People, their sign-ins, and what administrators did */
router
  .group(() => {
    router.get('users', [controllers.admin.Users, 'index'])
    router.get('users/:id', [controllers.admin.Users, 'show'])
    router.get('sign_ins', [controllers.admin.SignIns, 'index'])
    router.get('sign_ins/:id', [controllers.admin.SignIns, 'show'])
    router.get('audit', [controllers.admin.Audit, 'index'])
    router
      .post('audit/export', [controllers.admin.AuditExports, 'store'])
      .use(middleware.recent({ page: '/admin/audit' }))
    router
      .group(() => {
        router.post('suspension', [controllers.admin.Suspensions, 'store'])
        router.post('suspension/end', [controllers.admin.Suspensions, 'destroy'])
        router.post('administrator', [controllers.admin.Administrators, 'store'])
        router.post('administrator/end', [controllers.admin.Administrators, 'destroy'])
        router.post('devices/sign_out', [controllers.admin.Devices, 'destroy'])
      })
      .prefix('users/:id')
      .use(middleware.recent({ page: '/admin/users/:id' }))
  })
  .prefix('/admin')
  .as('admin')
  .use([...page, middleware.signedIn(), middleware.admin()])
