import env from '#start/env'
import { defineConfig, drivers } from '@adonisjs/core/encryption'

const appKeys = [...env.get('APP_KEY'), ...env.get('APP_KEY_PREVIOUS')]
const ownSecretsKeys = [...env.get('SECRETS_KEY'), ...env.get('SECRETS_KEY_PREVIOUS')]
const secretsKeys = ownSecretsKeys.length > 0 ? ownSecretsKeys : appKeys

/*
 * Two key lists, so that cookies and stored secrets rotate separately. The first key of a
 * list encrypts, all of them decrypt. An `id` is part of every value and of the derived
 * key: renaming one makes everything it wrote unreadable.
 */
const encryptionConfig = defineConfig({
  default: 'app',
  list: {
    app: drivers.aes256gcm({ id: 'app', keys: appKeys }),
    secrets: drivers.aes256gcm({
      id: 'secrets',
      keys: secretsKeys,
    }),
    /* The same without the former keys, to find values that still need them. */
    present_secrets: drivers.aes256gcm({ id: 'secrets', keys: secretsKeys.slice(0, 1) }),
  },
})

export default encryptionConfig

declare module '@adonisjs/core/types' {
  export interface EncryptorsList extends InferEncryptors<typeof encryptionConfig> {}
}
