import { test } from '@japa/runner'
import { GRACE_CHOICES, parseGrace, USUAL_GRACE } from '#models/grace'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test.group('The grace time of a replaced key', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['10m', 10 * MINUTE],
    ['30m', 30 * MINUTE],
    ['24h', 24 * HOUR],
    ['7d', 7 * 24 * HOUR],
    ['30d', 30 * 24 * HOUR],
  ] as const) {
    test(`${text} is ${ms} ms`, ({ assert }) => {
      assert.equal(parseGrace(text), ms)
    })
  }

  test('what is shorter than a sign-in may take, longer than 30 days or no time is refused', ({
    assert,
  }) => {
    for (const text of [
      ...['9m', '1m', '0m', '0h', '31d', '721h', '99999d', '-1h', '1.5h', '1', '00', '24 h', '24H'],
      ...['', 'h', '1w', '１h', '24h\n', null, undefined, 24, ['24h']],
    ]) {
      assert.isNull(parseGrace(text), String(text))
    }
  })

  test('everything the page offers is such a time', ({ assert }) => {
    for (const choice of [...GRACE_CHOICES, USUAL_GRACE]) assert.isNotNull(parseGrace(choice))
  })
})
