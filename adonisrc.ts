import { indexEntities } from '@adonisjs/core'
import { defineConfig } from '@adonisjs/core/app'
import { inProductionOnly } from '#console/production_commands'

export default defineConfig({
  /*
   * These two rooms live in app/, so that the top level stays as it is.
   */
  directories: {
    commands: 'app/commands',
    providers: 'app/boot',
  },

  commands: [
    () =>
      import('@adonisjs/core/commands').then(
        inProductionOnly('generate:key', 'inspect:rcfile', 'list:routes')
      ),
    () =>
      import('@adonisjs/lucid/commands').then(
        inProductionOnly('migration:run', 'migration:status')
      ),
    /* In place of Lucid's: a command of the application's own is not looked for where a package has it. */
    async () => {
      const { ListLoader } = await import('@adonisjs/core/ace')
      const { default: MigrationRun } = await import('./app/commands/migration_run.js')
      return new ListLoader([MigrationRun])
    },
  ],

  /*
   * No ally provider: drivers are built from rows at run time (app/trip/driver_for.ts).
   */
  providers: [
    () => import('@adonisjs/core/providers/app_provider'),
    () => import('@adonisjs/core/providers/hash_provider'),
    {
      file: () => import('@adonisjs/core/providers/repl_provider'),
      environment: ['repl', 'test'],
    },
    () => import('@adonisjs/core/providers/vinejs_provider'),
    () => import('@adonisjs/core/providers/edge_provider'),
    () => import('@adonisjs/lucid/database_provider'),
    () => import('#boot/database_errors_provider'),
    () => import('@adonisjs/redis/redis_provider'),
    () => import('@adonisjs/limiter/limiter_provider'),
    () => import('@adonisjs/session/session_provider'),
    {
      file: () => import('@adonisjs/vite/vite_provider'),
      environment: ['web', 'console', 'repl'],
    },
    { file: () => import('#boot/built_assets_provider'), environment: ['test'] },
    () => import('#boot/shield_provider'),
    () => import('@adonisjs/static/static_provider'),
    () => import('@adonisjs/auth/auth_provider'),
    () => import('@adonisjs/i18n/i18n_provider'),
    () => import('@adonisjs/mail/mail_provider'),
    { file: () => import('#boot/metrics_provider'), environment: ['web', 'test'] },
    { file: () => import('#boot/start_checks_provider'), environment: ['web'] },
    { file: () => import('#boot/sandbox_provider'), environment: ['web'] },
    { file: () => import('#boot/ending_provider'), environment: ['web'] },
    { file: () => import('#boot/jobs_provider'), environment: ['web'] },
  ],

  preloads: [
    () => import('#start/routes'),
    () => import('#start/request_id'),
    () => import('#start/kernel'),
    () => import('#start/view'),
    () => import('#start/validator'),
  ],

  tests: {
    suites: [
      { name: 'unit', files: ['tests/unit/**/*.spec.{ts,js}'], timeout: 5_000 },
      { name: 'functional', files: ['tests/functional/**/*.spec.{ts,js}'], timeout: 30_000 },
      { name: 'browser', files: ['tests/browser/**/*.spec.{ts,js}'], timeout: 60_000 },
    ],
    forceExit: false,
  },

  metaFiles: [
    { pattern: 'resources/views/**/*.edge', reloadServer: false },
    { pattern: 'resources/lang/**/*.json', reloadServer: false },
    { pattern: 'public/**', reloadServer: false },
  ],

  hooks: {
    init: [indexEntities()],
    buildStarting: [() => import('@adonisjs/vite/build_hook')],
  },
})
