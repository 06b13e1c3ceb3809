import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, type Workers } from '#base'
import {
  addJob,
  callJob,
  failJob,
  fillJob,
  patientJob,
  plainErrorJob,
  sumJob,
  systemErrorJob,
  uncloneableJob,
} from './workers-jobs.ts'

export interface WorkersUnderTest {
  readonly workers: Workers
  run<Result>(until: Promise<Result>): Promise<Result>
}

export function workersConformance(name: string, make: (size: number) => WorkersUnderTest): void {
  const scenario = (promise: string, act: (workers: Workers) => Promise<void>, size = 2) =>
    test(`${name}: ${promise}`, async () => {
      const { workers, run } = make(size)
      await using _closed = workers
      await run(act(workers))
    })

  scenario('a job runs and answers', async (workers) => {
    assert.equal(await workers.run(addJob, { a: 20, b: 22 }), 42)
  })

  scenario('many jobs each get their own answer', async (workers) => {
    const inputs = Array.from({ length: 40 }, (_, a) => ({ a, b: 1000 }))
    const answers = await Promise.all(inputs.map((input) => workers.run(addJob, input)))
    assert.deepEqual(
      answers,
      inputs.map(({ a }) => a + 1000),
    )
  })

  scenario('inputs are copies', async (workers) => {
    const input = { bytes: Uint8Array.of(1, 2, 3) }
    const output = await workers.run(fillJob, input)
    assert.deepEqual([...output.bytes], [9, 9, 9])
    assert.deepEqual([...input.bytes], [1, 2, 3])
  })

  scenario('buffers are given away both ways', async (workers) => {
    const bytes = new Uint8Array(1024)
    const output = await workers.run(fillJob, { bytes }, { transfer: [bytes.buffer] })
    assert.equal(bytes.byteLength, 0)
    assert.equal(output.bytes.byteLength, 1024)
    assert.equal(output.detachedAfter, undefined)
  })

  scenario('a DatisError keeps its class, code, details and cause', async (workers) => {
    await assert.rejects(workers.run(failJob, { bytes: 7 }), (error) => {
      assert.ok(error instanceof DatisError)
      assert.equal(error.code, 'TEST_FAILED')
      assert.equal(error.message, 'The test failed as it should.')
      assert.deepEqual(error.details, { bytes: 7 })
      assert.ok(error.cause instanceof Error)
      assert.equal(error.cause.message, 'deep down')
      return true
    })
  })

  scenario('a failure of the system keeps its code, any other its sentence', async (workers) => {
    await assert.rejects(workers.run(systemErrorJob, null), { code: 'ENOENT' })
    await assert.rejects(workers.run(plainErrorJob, null), { name: 'RangeError', message: 'out of range' })
  })

  scenario('a job calls back, and the errors of the call reach it', async (workers) => {
    const calls = {
      double: (value: number) => value * 2,
      fail: async () => {
        throw new DatisError('CALL_FAILED', 'No.', { why: 'test' })
      },
    }
    assert.deepEqual(await workers.run(callJob, 21, { calls }), { doubled: 42, code: 'CALL_FAILED', why: 'test' })
    await assert.rejects(workers.run(callJob, 21), /assertion failed: the job may call double/)
  })

  scenario('an abort reaches the running job, which ends by itself', async (workers) => {
    const controller = new AbortController()
    const seen: string[] = []
    const calls = {
      started: () => controller.abort(new DatisError('STOPPED', 'Somebody stopped it.')),
      cleaned: () => seen.push('cleaned'),
    }
    await assert.rejects(
      workers.run(patientJob, null, { signal: controller.signal, calls }),
      (error) => error === controller.signal.reason,
    )
    assert.deepEqual(seen, ['cleaned'])
  })

  scenario(
    'a job that waits for a thread is not started after an abort',
    async (workers) => {
      const first = new AbortController()
      const second = new AbortController()
      const started = Promise.withResolvers<void>()
      const calls = { started: () => started.resolve(), cleaned: () => undefined }
      const running = workers.run(patientJob, null, { signal: first.signal, calls })
      const waiting = workers.run(addJob, { a: 1, b: 1 }, { signal: second.signal })
      const third = workers.run(addJob, { a: 2, b: 2 })
      second.abort(new Error('second'))
      await assert.rejects(waiting, /second/)
      await started.promise
      first.abort(new Error('first'))
      await assert.rejects(running, /first/)
      assert.equal(await third, 4)
    },
    1,
  )

  scenario('a signal that has aborted starts nothing', async (workers) => {
    const signal = AbortSignal.abort(new Error('before'))
    await assert.rejects(workers.run(addJob, { a: 1, b: 1 }, { signal }), /before/)
  })

  scenario('what cannot be cloned is an error of that job alone', async (workers) => {
    await assert.rejects(workers.run(sumJob, [() => 1] as never))
    await assert.rejects(workers.run(uncloneableJob, null))
    assert.equal(await workers.run(sumJob, [1, 2, 3]), 6)
  })

  scenario('closing rejects what runs and what waits', async (workers) => {
    const started = Promise.withResolvers<void>()
    const calls = { started: () => started.resolve(), cleaned: () => undefined }
    const running = [1, 2, 3].map(() => workers.run(patientJob, null, { calls }))
    const outcomes = Promise.allSettled(running)
    await started.promise
    await workers[Symbol.asyncDispose]()
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, 'rejected')
      assert.equal(outcome.reason.code, 'WORKERS_CLOSED')
    }
    await assert.rejects(workers.run(addJob, { a: 1, b: 1 }), { code: 'WORKERS_CLOSED' })
  })
}
