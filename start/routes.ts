import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** What every page for people runs behind. */
const page = [middleware.session(), middleware.shield(), middleware.auth(), middleware.visitor()]

/* For machines: no session, no CSRF. */
router.get('/health/live', [controllers.Health, 'index'])
router.get('/health/ready', [controllers.Health, 'show'])

router
  .group(() => {
    router.get('/', [controllers.Home, 'index'])

    /* Signing in and up */
    router.get('/user/login', [controllers.Session, 'create'])
    router.post('/user/login', [controllers.Session, 'store'])
    router.post('/user/logout', [controllers.Session, 'destroy'])
    router.get('/user/create', [controllers.Registration, 'create']).use(middleware.guest())

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

    /* The members' board: open to read, members write */
    router.get('/article', [controllers.Articles, 'index'])
    router.get('/article/create', [controllers.Articles, 'create']).use(middleware.signedIn())
    router.post('/article/create', [controllers.Articles, 'store'])
    router.get('/article/:id', [controllers.Articles, 'show'])
    router.get('/article/:id/update', [controllers.Articles, 'edit']).use(middleware.signedIn())
    router.post('/article/:id/update', [controllers.Articles, 'update'])
  })
  .use(page)

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
