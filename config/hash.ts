import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/core/hash'
import { BoundedScrypt } from '#crypto/bounded_scrypt'

/*
 * scrypt at N = 2^17, r = 8, p = 1, the minimum in OWASP's password storage cheat sheet.
 * It needs 128 MiB while it runs; maxMemory is the limit, in bytes. Tests sign in
 * hundreds of times and gain nothing from the wait.
 */
const hashConfig = defineConfig({
  default: 'scrypt',
  list: {
    scrypt: () =>
      new BoundedScrypt({
        cost: app.inTest ? 1_024 : 131_072,
        blockSize: 8,
        parallelization: 1,
        maxMemory: 256 * 1024 * 1024,
      }),
  },
})

export default hashConfig

declare module '@adonisjs/core/types' {
  export interface HashersList extends InferHashers<typeof hashConfig> {}
}
