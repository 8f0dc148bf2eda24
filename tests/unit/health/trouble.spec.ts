import { test } from '@japa/runner'
import { troubleOf, verdictOf, type Evidence, type Trouble } from '#health/trouble'
import { FAILURES, type FailureName } from '#trip/failure'

const evidence = (fields: Partial<Evidence>): Evidence => ({
  recent: { well: 0, failures: {} },
  latest: [],
  silence: { over: 0, cameBack: 0 },
  ...fields,
})
const recent = (well: number, failures: Evidence['recent']['failures']) =>
  evidence({ recent: { well, failures } })
const latest = (...verdicts: Evidence['latest']) => evidence({ latest: verdicts })

test.group('What a trip tells of its provider', () => {
  const verdict = (outcome: string | null, failure: string | null = null) =>
    verdictOf({ outcome, failure })

  test('that it works, whatever was decided here afterwards', ({ assert }) => {
    for (const outcome of ['signed_in', 'linked', 'proved', 'must_prove', 'must_complete']) {
      assert.equal(verdict(outcome), 'well')
    }
    for (const failure of ['missing_fields', 'suspended', 'sign_up_closed', 'identity_taken']) {
      assert.equal(verdict('failed', failure), 'well')
    }
  })

  test('that it fails, for every reason of the provider or of the set-up', ({ assert }) => {
    for (const [failure, whose] of Object.entries(FAILURES)) {
      if (whose !== 'visitor') assert.equal(verdict('failed', failure), failure as FailureName)
    }
  })

  test('nothing, where the person cancelled, came another way or is still away', ({ assert }) => {
    assert.isNull(verdict(null))
    for (const failure of ['cancelled', 'response_malformed', 'state_used', 'provider_off']) {
      assert.isNull(verdict('failed', failure))
    }
    assert.isNull(verdict('failed', 'a name of an older version'))
    assert.isNull(verdict('failed', null))
  })
})

test.group('Whether a provider is in trouble', () => {
  const cases: [string, Evidence, Trouble | null][] = [
    ['nobody came', evidence({}), null],
    ['four of four fail: too few to tell', recent(0, { provider_timeout: 4 }), null],
    [
      'five of five fail',
      recent(0, { provider_timeout: 5 }),
      { kind: 'failing', reason: 'provider_timeout', failed: 5, of: 5, span: 'recent' },
    ],
    [
      'exactly 60 % fail',
      recent(4, { secret_refused: 6 }),
      { kind: 'failing', reason: 'secret_refused', failed: 6, of: 10, span: 'recent' },
    ],
    ['a little less than 60 % fail', recent(41, { secret_refused: 59 }), null],
    [
      'for several reasons: the most frequent is named',
      recent(1, { provider_timeout: 2, provider_unavailable: 5, code_refused: 1 }),
      { kind: 'failing', reason: 'provider_unavailable', failed: 8, of: 9, span: 'recent' },
    ],
    [
      'few come, and the last five all failed',
      latest('client_unknown', 'provider_busy', 'client_unknown', 'client_unknown', 'code_refused'),
      { kind: 'failing', reason: 'client_unknown', failed: 5, of: 5, span: 'latest' },
    ],
    [
      'few come, and one of the last five was well',
      latest('provider_busy', 'provider_busy', 'provider_busy', 'provider_busy', 'well'),
      null,
    ],
    [
      'few come, and only four ever failed',
      latest('provider_busy', 'provider_busy', 'provider_busy', 'provider_busy'),
      null,
    ],
    [
      'many are well now, whatever was before',
      { ...recent(5, {}), latest: Array.from({ length: 5 }, () => 'provider_busy' as const) },
      null,
    ],
    [
      'ten leave and nobody returns',
      evidence({ silence: { over: 10, cameBack: 0 } }),
      { kind: 'silent', of: 10 },
    ],
    ['nine leave and nobody returns', evidence({ silence: { over: 9, cameBack: 0 } }), null],
    [
      'many leave, and one returns, if only to cancel',
      evidence({ silence: { over: 300, cameBack: 1 } }),
      null,
    ],
  ]
  for (const [what, given, expected] of cases) {
    test(what, ({ assert }) => {
      assert.deepEqual(troubleOf(given), expected)
    })
  }
})
