import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '#base'

export interface ClockUnderTest {
  readonly clock: Clock
  /** Lets time pass until the promise settles. */
  run<Result>(until: Promise<Result>): Promise<Result>
}

export function clockConformance(name: string, make: () => ClockUnderTest): void {
  test(`${name}: a sleep lasts at least as long as asked, by the monotonic clock`, async () => {
    const { clock, run } = make()
    const before = clock.monotonic()
    await run(clock.sleep(20))
    assert.ok(clock.monotonic() - before >= 20)
  })

  test(`${name}: the wall clock is whole milliseconds since 1970`, () => {
    const { clock } = make()
    assert.ok(Number.isInteger(clock.wall()))
    assert.ok(clock.wall() > 1_500_000_000_000)
  })

  test(`${name}: sleeps end in the order of their times`, async () => {
    const { clock, run } = make()
    const order: string[] = []
    const sleeps = [
      clock.sleep(40).then(() => order.push('c')),
      clock.sleep(0).then(() => order.push('a')),
      clock.sleep(15).then(() => order.push('b')),
    ]
    await run(Promise.all(sleeps))
    assert.deepEqual(order, ['a', 'b', 'c'])
  })

  test(`${name}: an abort ends a sleep at once with the signal's reason`, async () => {
    const { clock, run } = make()
    const controller = new AbortController()
    const reason = new Error('enough')
    const sleep = clock.sleep(3_600_000, controller.signal)
    controller.abort(reason)
    await assert.rejects(run(sleep), (error) => error === reason)
  })

  test(`${name}: a sleep with a signal that has aborted never starts`, async () => {
    const { clock, run } = make()
    await assert.rejects(run(clock.sleep(3_600_000, AbortSignal.abort(new Error('before')))), /before/)
  })

  test(`${name}: a deadline aborts with a TimeoutError`, async () => {
    const { clock, run } = make()
    using deadline = clock.deadline(10)
    assert.equal(deadline.signal.aborted, false)
    await run(clock.sleep(30))
    assert.equal(deadline.signal.aborted, true)
    assert.equal(deadline.signal.reason.name, 'TimeoutError')
  })

  test(`${name}: a deadline that was disposed never aborts`, async () => {
    const { clock, run } = make()
    const deadline = clock.deadline(10)
    deadline[Symbol.dispose]()
    await run(clock.sleep(30))
    assert.equal(deadline.signal.aborted, false)
  })

  test(`${name}: a deadline of 44 days does not abort today`, async () => {
    const { clock, run } = make()
    using deadline = clock.deadline(44 * 86_400_000)
    await run(clock.sleep(20))
    assert.equal(deadline.signal.aborted, false)
  })
}
