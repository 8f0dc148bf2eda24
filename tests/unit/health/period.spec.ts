import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { PERIOD_NAMES, periodNamed, periodUntil } from '#health/period'

/* 00:47 of the next day in Korea. */
const until = DateTime.fromISO('2026-11-23T15:47:31Z', { zone: 'utc' })
const clock = (time: DateTime) => time.toFormat('MM-dd HH:mm')

test.group('The period of the figures', () => {
  test('an hour has steps of five minutes, on the clock of the site', ({ assert }) => {
    const { buckets, from, bucketSeconds } = periodUntil(until, 'hour')
    assert.lengthOf(buckets, 12)
    assert.equal(bucketSeconds, 300)
    assert.equal(clock(from), '11-23 23:50')
    assert.equal(clock(buckets.at(-1)!), '11-24 00:45')
  })

  test('a day has hours, and does not begin at midnight', ({ assert }) => {
    const { buckets, from } = periodUntil(until, 'day')
    assert.lengthOf(buckets, 24)
    assert.equal(clock(from), '11-23 01:00')
    assert.equal(clock(buckets.at(-1)!), '11-24 00:00')
  })

  test('thirty days begin at midnights of Korea, not of the server', ({ assert }) => {
    const { buckets, from } = periodUntil(until, 'month')
    assert.lengthOf(buckets, 30)
    assert.equal(from.toISO(), '2026-10-26T00:00:00.000+09:00')
    assert.isTrue(buckets.every((bucket) => bucket.hour === 0 && bucket.minute === 0))
    assert.equal(clock(buckets.at(-1)!), '11-24 00:00')
  })

  test('the steps follow each other without a gap, and now is in the last', ({ assert }) => {
    for (const name of PERIOD_NAMES) {
      const { buckets, bucketSeconds } = periodUntil(until, name)
      for (const [index, bucket] of buckets.entries()) {
        assert.equal(bucket.toSeconds(), buckets[0].toSeconds() + index * bucketSeconds)
      }
      const sinceLast = until.toSeconds() - buckets.at(-1)!.toSeconds()
      assert.isTrue(sinceLast >= 0 && sinceLast < bucketSeconds)
    }
  })

  test('an address that names no period gets the day', ({ assert }) => {
    assert.equal(periodNamed('month'), 'month')
    for (const name of [undefined, '', 'year', 'toString', ['hour'], { a: 1 }]) {
      assert.equal(periodNamed(name), 'day')
    }
  })
})
