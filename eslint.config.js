import { configApp } from '@adonisjs/eslint-config'

export default configApp(
  { ignores: ['.adonisjs/**', 'build/**', 'database/schema.ts', 'public/**', 'tmp/**'] },
  {
    /* `(await visitor.get('/')).status` says in a test what a line more would not. */
    files: ['tests/**'],
    rules: { '@unicorn/no-await-expression-member': 'off' },
  }
)
