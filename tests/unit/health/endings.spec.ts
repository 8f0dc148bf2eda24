import { test } from '@japa/runner'
import { ENDINGS, endingOf, Tally, type Ending, type TripGroup } from '#health/endings'
import { FAILURES } from '#trip/failure'

const trip = (fields: Partial<TripGroup>): TripGroup => ({
  outcome: null,
  failure: null,
  cameBack: false,
  age: 'settled',
  trips: 1,
  ...fields,
})

test.group('How a trip counts', () => {
  const cases: [string, Partial<TripGroup>, Ending][] = [
    ['one that may still come back', { age: 'open' }, 'under_way'],
    ['one whose callback is being answered', { age: 'open', cameBack: true }, 'under_way'],
    ['one that did not come back in time', { age: 'closed' }, 'given_up'],
    ['one whose callback was never answered to the end', { cameBack: true }, 'failed'],
    ['a sign-in', { outcome: 'signed_in', age: 'open' }, 'finished'],
    ['a connection', { outcome: 'linked' }, 'finished'],
    ['a proof', { outcome: 'proved' }, 'finished'],
    ['a sign-in once more', { outcome: 'reauthenticated' }, 'finished'],
    ['one with a proof asked for here', { outcome: 'must_prove', age: 'open' }, 'under_way'],
    ['the same ten minutes later', { outcome: 'must_prove', age: 'closed' }, 'under_way'],
    ['the same when it is too late to prove', { outcome: 'must_prove' }, 'given_up'],
    [
      'one with a second factor asked for here',
      { outcome: 'second_factor_due', age: 'open' },
      'under_way',
    ],
    ['the same, too late', { outcome: 'second_factor_due' }, 'given_up'],
    ['one with a field asked for here, too late', { outcome: 'must_complete' }, 'given_up'],
    ['one that waits for the code', { outcome: 'second_factor_due', age: 'closed' }, 'under_way'],
    ['the same when the code is too late', { outcome: 'second_factor_due' }, 'given_up'],
    ['a press on "cancel"', { outcome: 'failed', failure: 'cancelled' }, 'cancelled'],
    ['a refusal', { outcome: 'failed', failure: 'secret_refused' }, 'failed'],
  ]
  for (const [what, fields, ending] of cases) {
    test(`${what} is ${ending}`, ({ assert }) => {
      assert.equal(endingOf(trip(fields)), ending)
    })
  }

  test('every trip counts once, and failures by their reason', ({ assert }) => {
    const tally = new Tally()
    for (const [, fields] of cases) tally.add(trip({ ...fields, trips: 10 }))
    tally.add(trip({ outcome: 'failed', failure: 'provider_timeout', trips: 25 }))
    tally.add(trip({ outcome: 'failed', failure: 'a name of an older version', trips: 1 }))
    tally.add(trip({ outcome: 'failed', failure: 'toString', trips: 1 }))

    assert.equal(tally.started, cases.length * 10 + 27)
    const counted = ENDINGS.reduce((sum, ending) => sum + tally.endings[ending], 0)
    assert.equal(counted, tally.started)
    assert.deepEqual(tally.reasons, [
      { reason: 'provider_timeout', trips: 25 },
      { reason: 'interrupted', trips: 12 },
      { reason: 'secret_refused', trips: 10 },
    ])
    assert.equal(tally.share('cancelled'), Math.round(1000 / tally.started))
    assert.isNull(new Tally().share('finished'))
  })

  test('every failure has a name for administrators, in both languages', async ({ assert }) => {
    for (const locale of ['ko', 'en']) {
      const { default: words } = await import(`../../../resources/lang/${locale}/health.json`, {
        with: { type: 'json' },
      })
      assert.sameMembers(Object.keys(words.reasons), [...Object.keys(FAILURES), 'interrupted'])
    }
  })
})
