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
    router.get('/user/login/prove', [controllers.PendingIdentity, 'show'])
    router.post('/user/login/prove', [controllers.PendingIdentity, 'store'])
    router.post('/user/login/prove/cancel', [controllers.PendingIdentity, 'destroy'])

    /* The members' board: open to read, members write */
    router.get('/article', [controllers.Articles, 'index'])
    router.get('/article/create', [controllers.Articles, 'create']).use(middleware.signedIn())
    router.post('/article/create', [controllers.Articles, 'store'])
    router.get('/article/:id', [controllers.Articles, 'show'])
    router.get('/article/:id/update', [controllers.Articles, 'edit']).use(middleware.signedIn())
    router.post('/article/:id/update', [controllers.Articles, 'update'])
  })
  .use(page)
