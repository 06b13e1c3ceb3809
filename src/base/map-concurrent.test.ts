import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { mapConcurrent } from '#base'

test('results come in the order of the items, and never more run than allowed', async () => {
  let running = 0
  let most = 0
  const results = await mapConcurrent([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running)
    for (let turns = 0; turns < item; turns++) await turn()
    running--
    return item * 10
  })
  assert.deepEqual(results, [50, 10, 40, 20, 30])
  assert.equal(most, 2)
})

test('after a failure nothing more starts, the others are told, and all have ended when it is thrown', async () => {
  const started: number[] = []
  let ended = 0
  const failing = mapConcurrent([1, 2, 3, 4], 2, async (item, signal) => {
    started.push(item)
    if (item === 1) {
      await turn()
      throw new Error('first')
    }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await turn()
    ended++
  })
  await assert.rejects(failing, /first/)
  assert.deepEqual([started, ended], [[1, 2], 1])
})

test('items are drawn only as they are needed', async () => {
  let drawn = 0
  function* items() {
    for (;;) yield drawn++
  }
  const stop = new Error('enough')
  await assert.rejects(
    mapConcurrent(items(), 3, async (item) => {
      if (item === 10) throw stop
    }),
    (error) => error === stop,
  )
  assert.ok(drawn <= 14, `${drawn}`)
})

test('an abort from outside is thrown with its reason', async () => {
  const controller = new AbortController()
  const mapping = mapConcurrent(
    [1, 2, 3],
    1,
    async (item) => {
      if (item === 2) controller.abort(new Error('outside'))
    },
    controller.signal,
  )
  await assert.rejects(mapping, /outside/)
})
