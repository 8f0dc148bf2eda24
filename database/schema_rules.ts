import type { ColumnInfo, SchemaRules } from '@adonisjs/lucid/types/schema_generator'
import * as enums from '#database/enums'

const list: ColumnInfo = {
  tsType: 'string[]',
  imports: [{ source: '#database/columns', namedImports: ['jsonColumn'] }],
  decorators: [{ name: '@jsonColumn' }],
}

const oneOf = (values: readonly string[]): ColumnInfo => ({
  tsType: values.map((value) => `'${value}'`).join(' | '),
  decorators: [{ name: '@column' }],
})

const secret: ColumnInfo = {
  tsType: 'string',
  decorators: [{ name: '@column', args: { serializeAs: null } }],
}

const flag: ColumnInfo = {
  tsType: 'boolean',
  imports: [{ source: '#database/columns', namedImports: ['booleanColumn'] }],
  decorators: [{ name: '@booleanColumn' }],
}

/*
 * How columns become TypeScript in database/schema.ts. Types the database can express
 * itself (text, numbers, dates) need no rule.
 */
export default {
  columns: {
    password: secret,
    client_secret: secret,
    admin_key: secret,
    admin_key_previous: secret,
    access_token: secret,
    refresh_token: secret,
    tokens: secret,
    token_hash: secret,
    scopes: list,
    redirect_uris: list,
    post_logout_redirect_uris: list,
    secret_hash: secret,
    private_key: secret,
    pairwise_salt: secret,
    third_party: flag,
    inside: flag,
    webhook_secret: secret,
    webhook_secret_previous: secret,
    second_factor_only: flag,
    closed_to_newcomers: flag,
    payload: secret,
    next: {
      tsType: 'Next',
      imports: [
        { source: '#database/columns', namedImports: ['nextColumn'] },
        { source: '#auth/next', typeImports: ['Next'] },
      ],
      decorators: [{ name: '@nextColumn' }],
    },
    ends_with_session: flag,
    required_fields: list,
    required: flag,
    enabled: flag,
    hidden: flag,
    hide_when_failing: flag,
    sandbox: flag,
    allow_sign_up: flag,
    name_set_here: flag,
    proves_email: flag,
    role: oneOf(enums.ROLES),
    email_policy: oneOf(enums.EMAIL_POLICIES),
    sync_profile: oneOf(enums.SYNC_PROFILE),
    status: oneOf(enums.CREDENTIAL_STATUSES),
    intent: oneOf(enums.INTENTS),
    data: secret,
    contact: secret,
    end_reason: oneOf(enums.SESSION_END_REASONS),
    cause: oneOf(enums.REVOCATION_CAUSES),
    on_unlink: oneOf(enums.ON_UNLINK),
    by_retiring: flag,
    event: oneOf(enums.NOTICE_EVENTS),
    via: oneOf(enums.ACTOR_WAYS),
    email_sign_up: flag,
    sign_up: flag,
    board: flag,
    age_question: flag,
    agreed: {
      /* `Agreed` of app/duties/agreed.ts. */
      tsType: '{ versions: string[]; ofAge: boolean; at: string }',
      imports: [{ source: '#database/columns', namedImports: ['jsonColumn'] }],
      decorators: [{ name: '@jsonColumn' }],
    },
  },
  tables: {
    received_notices: { columns: { reason: oneOf(enums.NOTICE_REASONS) } },
    pending_identities: { columns: { purpose: oneOf(enums.PENDING_PURPOSES) } },
    providers: {
      columns: {
        auto_hidden_for: {
          tsType: 'FailureName',
          imports: [{ source: '#trip/failure', typeImports: ['FailureName'] }],
          decorators: [{ name: '@column' }],
        },
      },
    },
    audit_entries: {
      columns: {
        action: {
          tsType: 'AuditAction',
          imports: [{ source: '#audit/actions', typeImports: ['AuditAction'] }],
          decorators: [{ name: '@column' }],
        },
        subject_type: {
          tsType: `AuditSubject['type']`,
          imports: [{ source: '#audit/actions', typeImports: ['AuditSubject'] }],
          decorators: [{ name: '@column' }],
        },
        changes: {
          tsType: 'Changes',
          imports: [
            { source: '#database/columns', namedImports: ['jsonColumn'] },
            { source: '#audit/changes', typeImports: ['Changes'] },
          ],
          decorators: [{ name: '@jsonColumn' }],
        },
      },
    },
    site: { columns: { contact: { tsType: 'string', decorators: [{ name: '@column' }] } } },
    agreements: { columns: { way: oneOf(enums.AGREEMENT_WAYS) } },
    clients: { columns: { kind: oneOf(enums.CLIENT_KINDS) } },
    site_messages: { columns: { kind: oneOf(enums.SITE_MESSAGES) } },
    client_failures: {
      columns: {
        reason: {
          tsType: `(typeof SITE_FAILURES)[number]`,
          imports: [{ source: '#database/enums', typeImports: ['SITE_FAILURES'] }],
          decorators: [{ name: '@column' }],
        },
        details: {
          tsType: `{ came?: string; nearest?: string; differences?: string[]; tail?: string; error?: string }`,
          imports: [{ source: '#database/columns', namedImports: ['jsonColumn'] }],
          decorators: [{ name: '@jsonColumn' }],
        },
      },
    },
    account_tokens: { columns: { purpose: oneOf(enums.TOKEN_PURPOSES) } },
    waiting_codes: {
      columns: {
        code: secret,
        tried: {
          tsType: 'number[]',
          imports: [{ source: '#database/columns', namedImports: ['jsonColumn'] }],
          decorators: [{ name: '@jsonColumn' }],
        },
      },
    },
    sign_in_codes: { columns: { code_hash: secret } },
    second_factors: { columns: { secret } },
    recovery_codes: { columns: { code_hash: secret } },
    waiting_sign_ins: { columns: { remember: flag } },
    site_settings: {
      columns: {
        value: {
          tsType: 'unknown',
          imports: [{ source: '#database/columns', namedImports: ['jsonColumn'] }],
          decorators: [{ name: '@jsonColumn' }],
        },
      },
    },
    provider_credentials: {
      columns: {
        check_result: {
          tsType: `'ok' | FailureName`,
          imports: [{ source: '#trip/failure', typeImports: ['FailureName'] }],
          decorators: [{ name: '@column' }],
        },
      },
    },
    sign_in_attempts: {
      /* The model has it as `browserMark`: elsewhere, `browser_hash` is a plain hash. */
      skipColumns: ['browser_hash'],
      columns: {
        steps: {
          tsType: 'Step[]',
          imports: [
            { source: '#database/columns', namedImports: ['jsonColumn'] },
            { source: '#trip/step', typeImports: ['Step'] },
          ],
          decorators: [{ name: '@jsonColumn' }],
        },
        missing_fields: {
          tsType: 'MissingField[]',
          imports: [
            { source: '#database/columns', namedImports: ['jsonColumn'] },
            { source: '#trip/profile', typeImports: ['MissingField'] },
          ],
          decorators: [{ name: '@jsonColumn' }],
        },
      },
    },
  },
} satisfies SchemaRules
