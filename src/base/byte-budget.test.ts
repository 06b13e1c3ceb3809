import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ByteBudget } from '#base'

test('shares never exceed the budget, and are given in the order of asking', async () => {
  const budget = new ByteBudget(100)
  const order: string[] = []
  const first = await budget.take(60)
  const large = budget.take(80).then((share) => {
    order.push('large')
    return share
  })
  const small = budget.take(10).then((share) => {
    order.push('small')
    return share
  })
  await turn()
  assert.deepEqual(order, [], 'a small request does not overtake a large one')
  first[Symbol.dispose]()
  await Promise.all([large, small])
  assert.deepEqual(order, ['large', 'small'])
  assert.equal(budget.bytesFree, 10)
})

test('a request above the budget waits for the whole of it', async () => {
  const budget = new ByteBudget(100)
  {
    using _all = await budget.take(1_000_000)
    assert.equal(budget.bytesFree, 0)
  }
  assert.equal(budget.bytesFree, 100)
})

test('a share is given back once, however often it is disposed', async () => {
  const budget = new ByteBudget(100)
  const share = await budget.take(40)
  share[Symbol.dispose]()
  share[Symbol.dispose]()
  assert.equal(budget.bytesFree, 100)
})

test('an abort leaves the queue and lets the next pass', async () => {
  const budget = new ByteBudget(100)
  using _held = await budget.take(50)
  const controller = new AbortController()
  const large = budget.take(100, controller.signal)
  const small = budget.take(50)
  controller.abort(new Error('enough'))
  await assert.rejects(large, /enough/)
  const share = await small
  assert.equal(budget.bytesFree, 0)
  share[Symbol.dispose]()
  await assert.rejects(budget.take(1, AbortSignal.abort(new Error('before'))), /before/)
  assert.equal(budget.bytesFree, 50)
})
