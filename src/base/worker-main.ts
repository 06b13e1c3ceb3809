/** The entry of a worker thread: runs one job at a time, as told over its port. */
import { parentPort } from 'node:worker_threads'
import { errorForCrossing, errorFromCrossing } from './crossing.ts'
import { assert } from './errors.ts'
import { transfersOf } from './job.ts'
import { collectBuffers } from './memory.ts'
import type { Job, JobWorld } from './ports.ts'
import { realClock } from './real-clock.ts'
import { realDisk } from './real-disk.ts'
import { realRandom } from './real-random.ts'
import type { FromWorker, Outcome, ToWorker } from './worker-messages.ts'

interface RunningJob {
  readonly controller: AbortController
  readonly calls: Map<number, (outcome: Outcome) => void>
}

assert(parentPort, 'worker-main runs in a worker')
const port = parentPort
const ports = { disk: realDisk(), clock: realClock(), random: realRandom() }
let running: RunningJob | undefined
let callCount = 0

port.on('message', (message: ToWorker) => {
  if (message.type === 'run') {
    running = { controller: new AbortController(), calls: new Map() }
    void runJob(message, running)
  } else if (message.type === 'abort') {
    running?.controller.abort(errorFromCrossing(message.reason))
  } else {
    running?.calls.get(message.call)?.(message.outcome)
  }
})

async function runJob(task: { module: string; name: string; input: unknown }, job: RunningJob): Promise<void> {
  try {
    const { run } = await findJob(task.module, task.name)
    const value = await run(worldOf(job), task.input)
    finish({ ok: true, value }, transfersOf(value))
  } catch (error) {
    finish({ ok: false, error: errorForCrossing(error) }, [])
  }
}

async function findJob(module: string, name: string): Promise<Job<unknown, unknown>> {
  const found: unknown = (await import(module))[name]
  assert(typeof found === 'object' && found !== null && 'run' in found, `${module} exports the job ${name}`)
  return found as Job<unknown, unknown>
}

function worldOf(job: RunningJob): JobWorld {
  return { ...ports, signal: job.controller.signal, call: (name, input) => call(job, name, input) }
}

function call(job: RunningJob, name: string, input: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const number = ++callCount
    job.calls.set(number, (outcome) => {
      job.calls.delete(number)
      if (outcome.ok) resolve(outcome.value)
      else reject(errorFromCrossing(outcome.error))
    })
    send({ type: 'call', call: number, name, input }, [])
  })
}

/** Throws when the output cannot be cloned; `runJob` then answers with that error. */
function finish(outcome: Outcome, transfer: readonly ArrayBuffer[]): void {
  send({ type: 'done', outcome }, transfer)
  running = undefined
  collectBuffers()
}

function send(message: FromWorker, transfer: readonly ArrayBuffer[]): void {
  port.postMessage(message, [...transfer])
}
