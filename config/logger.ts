import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, syncDestination, targets } from '@adonisjs/core/logger'

const loggerConfig = defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: true,
      name: 'daemun',
      level: env.get('LOG_LEVEL'),
      /* Readable lines in a developer's terminal; pino-pretty is not installed in production. */
      destination: app.inDev ? await syncDestination().catch(() => undefined) : undefined,
      transport: { targets: [targets.file({ destination: 1 })] },
      /* A second safety net: nothing should log these in the first place. */
      redact: {
        paths: [
          '*.password',
          '*.clientSecret',
          '*.client_secret',
          '*.code',
          '*.recoveryCode',
          '*.access_token',
          '*.refresh_token',
          '*.token',
          'headers.cookie',
          'headers.authorization',
        ],
        censor: '[redacted]',
      },
    },
  },
})

export default loggerConfig

declare module '@adonisjs/core/types' {
  export interface LoggersList extends InferLoggers<typeof loggerConfig> {}
}
