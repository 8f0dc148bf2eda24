import { test } from '@japa/runner'
import { chartOf, roundUp } from '#health/chart'
import { Tally } from '#health/endings'

function tallyOf(endings: Partial<Tally['endings']>) {
  const tally = new Tally()
  Object.assign(tally.endings, endings)
  return tally
}

test.group('The chart', () => {
  test('the top is an even, round number that nothing exceeds', ({ assert }) => {
    const tops = [0, 1, 2, 3, 9, 11, 17, 21, 26, 51, 99, 161, 1_001, 123_456].map(roundUp)
    assert.deepEqual(tops, [2, 2, 2, 4, 10, 12, 20, 30, 30, 60, 100, 200, 1_200, 160_000])
  })

  test('bars are stacked from the bottom: finished, left, failed', ({ assert }) => {
    const { bars, top, width } = chartOf([
      tallyOf({ finished: 5, given_up: 2, cancelled: 1, failed: 2, under_way: 50 }),
      tallyOf({}),
    ])
    assert.equal(top, 10)
    assert.equal(width, 20)
    assert.deepEqual(bars[0].segments, [
      { name: 'finished', y: 50, height: 50 },
      { name: 'left', y: 20, height: 30 },
      { name: 'failed', y: 0, height: 20 },
    ])
    assert.deepEqual(bars[1].segments, [])
  })

  test('one failure among a thousand is seen, and no bar leaves the plot', ({ assert }) => {
    const { bars } = chartOf([tallyOf({ finished: 998, cancelled: 1, failed: 1 })])
    const [finished, left, failed] = bars[0].segments
    assert.isAtLeast(failed.height, 1)
    assert.isAtLeast(left.height, 1)
    assert.isAtLeast(failed.y, 0)
    assert.closeTo(finished.y + finished.height, 100, 0.01)
  })

  test('without trips there is a plot without bars', ({ assert }) => {
    const chart = chartOf([new Tally(), new Tally()])
    assert.equal(chart.top, 2)
    assert.isTrue(chart.bars.every(({ segments }) => segments.length === 0))
  })
})
