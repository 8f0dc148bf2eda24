import { test } from '@japa/runner'
import { vouchesForEmail } from '#trip/vouching'
import { whoIsThis, type Acquaintance, type Decision } from '#trip/who_is_this'

const nobody: Acquaintance = { known: null, emailOwner: null }
const known = (suspended = false): Acquaintance => ({
  known: { userId: 7, suspended },
  emailOwner: null,
})
const owned = (owner: Partial<Acquaintance['emailOwner']> = {}): Acquaintance => ({
  known: null,
  emailOwner: { userId: 9, suspended: false, protected: false, another: false, ...owner },
})

type Settings = { vouched: boolean; allowSignUp: boolean; hidden?: boolean }

const rows: [string, Acquaintance, Settings, Decision][] = [
  [
    'a known person',
    known(),
    { vouched: false, allowSignUp: true },
    { kind: 'sign_in', userId: 7 },
  ],
  [
    'a known person, sign-up closed',
    known(),
    { vouched: true, allowSignUp: false },
    { kind: 'sign_in', userId: 7 },
  ],
  [
    'a known, suspended person',
    known(true),
    { vouched: true, allowSignUp: true },
    { kind: 'refuse', failure: 'suspended' },
  ],
  [
    'somebody new, vouched for',
    nobody,
    { vouched: true, allowSignUp: true },
    { kind: 'create', emailIsProved: true },
  ],
  [
    'somebody new, not vouched for',
    nobody,
    { vouched: false, allowSignUp: true },
    { kind: 'create', emailIsProved: false },
  ],
  [
    'somebody new, sign-up closed',
    nobody,
    { vouched: true, allowSignUp: false },
    { kind: 'refuse', failure: 'sign_up_closed' },
  ],
  [
    "a member's address, vouched for",
    owned(),
    { vouched: true, allowSignUp: true },
    { kind: 'join', userId: 9 },
  ],
  [
    "a member's address, vouched for, sign-up closed",
    owned(),
    { vouched: true, allowSignUp: false },
    { kind: 'join', userId: 9 },
  ],
  [
    "a member's address, not vouched for",
    owned(),
    { vouched: false, allowSignUp: true },
    { kind: 'prove', userId: 9 },
  ],
  [
    "an administrator's address, vouched for",
    owned({ protected: true }),
    { vouched: true, allowSignUp: true },
    { kind: 'refuse', failure: 'account_protected' },
  ],
  [
    "an administrator's address, not vouched for",
    owned({ protected: true }),
    { vouched: false, allowSignUp: true },
    { kind: 'prove', userId: 9 },
  ],
  [
    "a suspended member's address, vouched for",
    owned({ suspended: true }),
    { vouched: true, allowSignUp: true },
    { kind: 'refuse', failure: 'suspended' },
  ],
  [
    "a suspended member's address, vouched for, another account there",
    owned({ suspended: true, another: true }),
    { vouched: true, allowSignUp: true },
    { kind: 'refuse', failure: 'suspended' },
  ],
  [
    "a suspended member's address, not vouched for",
    owned({ suspended: true }),
    { vouched: false, allowSignUp: true },
    { kind: 'prove', userId: 9 },
  ],
  [
    "a suspended member's address, not vouched for, sign-up closed",
    owned({ suspended: true }),
    { vouched: false, allowSignUp: false },
    { kind: 'prove', userId: 9 },
  ],
  [
    "a suspended member's address, not vouched for, another account there",
    owned({ suspended: true, another: true }),
    { vouched: false, allowSignUp: true },
    { kind: 'create', emailIsProved: false },
  ],
  ...[true, false].map((vouched): [string, Acquaintance, Settings, Decision] => [
    `the address of a member with another account there, ${vouched ? '' : 'not '}vouched for`,
    owned({ another: true, protected: true }),
    { vouched, allowSignUp: true },
    { kind: 'create', emailIsProved: false },
  ]),
  [
    'the address of a member with another account there, sign-up closed',
    owned({ another: true }),
    { vouched: true, allowSignUp: false },
    { kind: 'refuse', failure: 'sign_up_closed' },
  ],
  [
    'a known person, button hidden',
    known(),
    { vouched: false, allowSignUp: true, hidden: true },
    { kind: 'sign_in', userId: 7 },
  ],
  [
    'a known, suspended person, button hidden',
    known(true),
    { vouched: false, allowSignUp: true, hidden: true },
    { kind: 'refuse', failure: 'suspended' },
  ],
  [
    'somebody new, button hidden',
    nobody,
    { vouched: true, allowSignUp: true, hidden: true },
    { kind: 'refuse', failure: 'newcomers_refused' },
  ],
  ...[{}, { suspended: true }, { protected: true }].map(
    (owner): [string, Acquaintance, Settings, Decision] => [
      `an address that has an account ${JSON.stringify(owner)}, vouched for, button hidden`,
      owned(owner),
      { vouched: true, allowSignUp: true, hidden: true },
      { kind: 'refuse', failure: 'newcomers_refused' },
    ]
  ),
]

test.group('Who is this?', () => {
  for (const [who, acquaintance, circumstances, decision] of rows) {
    const what = decision.kind === 'refuse' ? `refused: ${decision.failure}` : decision.kind
    test(`${who}: ${what}`, ({ assert }) => {
      assert.deepEqual(whoIsThis(acquaintance, { hidden: false, ...circumstances }), decision)
    })
  }
})

test.group('Whether a provider vouches for an address', () => {
  const own = ['naver.com']
  const naver = { email: 'minsu@naver.com', emailStatus: 'unknown' } as const
  const proved = { email: 'minsu@example.com', emailStatus: 'verified' } as const
  const open = { email: 'minsu@example.com', emailStatus: 'unverified' } as const
  const none = { email: null, emailStatus: 'verified' } as const

  for (const [policy, profile, vouched] of [
    ['never', proved, false],
    ['provider_says', proved, true],
    ['provider_says', open, false],
    ['provider_says', naver, false],
    ['own_domain', naver, true],
    ['own_domain', proved, false],
    ['own_domain', { email: 'minsu@naver.com.evil.example', emailStatus: 'unknown' }, false],
    ['own_domain', { email: 'minsu@evilnaver.com', emailStatus: 'unknown' }, false],
    ['trusted', open, true],
    ['trusted', none, false],
    ['provider_says', none, false],
  ] as const) {
    test(`${policy}: ${profile.email} (${profile.emailStatus}) is ${vouched ? '' : 'not '}vouched for`, ({
      assert,
    }) => {
      assert.equal(vouchesForEmail(profile, policy, own), vouched)
    })
  }
})
