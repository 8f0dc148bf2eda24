import { test } from '@japa/runner'
import { BoundedQueue } from '#crypto/bounded_queue'

/** Work that ends when it is told to. */
function work() {
  let finish!: (value?: unknown) => void
  let fail!: (error: Error) => void
  const ended = new Promise((resolve, reject) => ((finish = resolve), (fail = reject)))
  return { ended, finish, fail }
}

const refusal = () => new Error('full')
const settle = () => new Promise((resolve) => setImmediate(resolve))

test.group('A queue with an end', () => {
  test('some work is done at once, some waits in order, the rest is refused', async ({
    assert,
  }) => {
    const queue = new BoundedQueue({ atOnce: 2, waiting: 2, patience: 5_000 })
    const pieces = Array.from({ length: 5 }, work)
    const started: number[] = []
    const results = pieces.map((piece, index) =>
      queue.run(() => {
        started.push(index)
        return piece.ended
      }, refusal)
    )
    await assert.rejects(() => results[4], 'full')
    assert.deepEqual(started, [0, 1])

    pieces[1].finish('done')
    assert.equal(await results[1], 'done')
    await settle()
    assert.deepEqual(started, [0, 1, 2])

    for (const piece of pieces) piece.finish()
    await Promise.all(results.slice(0, 4))
    assert.deepEqual(started, [0, 1, 2, 3])
  })

  test('a failure makes room as well, and is passed on', async ({ assert }) => {
    const queue = new BoundedQueue({ atOnce: 1, waiting: 1, patience: 5_000 })
    const [first, second] = [work(), work()]
    const failing = queue.run(() => first.ended, refusal)
    const waiting = queue.run(() => second.ended, refusal)
    first.fail(new Error('broken'))
    await assert.rejects(() => failing, 'broken')
    second.finish('well')
    assert.equal(await waiting, 'well')
    assert.equal(await queue.run(async () => 'free again', refusal), 'free again')
  })

  test('whose turn does not come in time is refused, and leaves the line', async ({ assert }) => {
    const queue = new BoundedQueue({ atOnce: 1, waiting: 1, patience: 20 })
    const [first, second] = [work(), work()]
    const done = queue.run(() => first.ended, refusal)
    await assert.rejects(() => queue.run(() => second.ended, refusal), 'full')

    const third = queue.run(async () => 'in time', refusal)
    first.finish()
    await done
    assert.equal(await third, 'in time')
    assert.equal(await queue.run(async () => 'nothing is stuck', refusal), 'nothing is stuck')
  })

  test('never more than its number at once, whoever comes and goes', async ({ assert }) => {
    const queue = new BoundedQueue({ atOnce: 3, waiting: 1_000, patience: 5_000 })
    let now = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 500 }, () =>
        queue.run(async () => {
          most = Math.max(most, ++now)
          await settle()
          now--
        }, refusal)
      )
    )
    assert.equal(most, 3)
  })
})
