import { configApp } from '@adonisjs/eslint-config'
import regexp from 'eslint-plugin-regexp'
import { copiedText } from './tests/support/lint/copied_text.js'

export default configApp(
  { ignores: ['.adonisjs/**', 'build/**', 'database/schema.ts', 'public/**', 'tmp/**'] },
  {
    /* Whoever sends a text chooses its length: an expression may cost by that, not by its square. */
    ignores: ['tests/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      'regexp/no-misleading-capturing-group': 'error',
      'regexp/no-empty-alternative': 'error',
      'regexp/no-dupe-disjunctions': ['error', { report: 'all' }],
      'regexp/no-dupe-characters-character-class': 'error',
      'regexp/no-misleading-unicode-character': 'error',
      'regexp/no-contradiction-with-assertion': 'error',
    },
  },
  {
    /* A migration is history: nothing that it uses may change with the application. */
    files: ['database/migrations/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: String.raw`^(?:#(?!database/dialect$)|\.)`,
              message: 'A migration spells values out, and uses only #database/dialect.',
            },
          ],
        },
      ],
    },
  },
  {
    /* The protocol knows no request, no row and no page: what it needs comes as arguments. */
    files: ['app/protocol/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: String.raw`^(?:#(?!protocol/)|\.|@adonisjs/(?!ally$|ally/types$))`,
              message: 'A driver imports nothing of the application.',
            },
          ],
        },
      ],
    },
  },
  {
    /* `(await visitor.get('/')).status` says in a test what a line more would not. */
    files: ['tests/**'],
    rules: { '@unicorn/no-await-expression-member': 'off' },
  },
  {
    files: ['tests/**'],
    plugins: { tests: { rules: { 'copied-text': copiedText } } },
    rules: {
      'tests/copied-text': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: String.raw`Literal[regex.pattern=/<[\/a-z(\[]|\b(?:href|action|name|value|id|type|class)=/]`,
          message: 'HTML is read by a parser: #tests/support/markup, and Page is one.',
        },
      ],
    },
  }
)
