/*
 * The settings that the tests run with, set before anything reads the environment.
 * Nothing here comes from a .env file: a test never touches a developer's database.
 */
const defaults: Record<string, string> = {
  NODE_ENV: 'test',
  /* A folder without .env files, which the framework would read in tests too. */
  ENV_PATH: 'tests',
  HOST: '127.0.0.1',
  PORT: '3399',
  APP_KEY: 'test-app-key-of-thirty-two-chars',
  SECRETS_KEY: 'test-secrets-key-of-32-characters',
  LOG_LEVEL: 'silent',
  DB_FILE: 'tmp/test.sqlite3',
  DB_DATABASE: 'daemun_test',
  SANDBOX: 'true',
  /* Nobody answers here: a test never reaches a real provider either. */
  KAKAO_AUTH_ORIGIN: 'http://127.0.0.1:1',
  KAKAO_API_ORIGIN: 'http://127.0.0.1:1',
  NAVER_AUTH_ORIGIN: 'http://127.0.0.1:1',
  NAVER_API_ORIGIN: 'http://127.0.0.1:1',
}

process.env.NODE_ENV = 'test'
for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value

export {}
