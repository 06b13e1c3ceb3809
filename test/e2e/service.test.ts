/** A box as a service of its machine. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Box, Town } from './town.ts'

const DATIS = resolve(import.meta.dirname, '../../datis')

/** Runs a box until it is ready, with stderr in a file; what it wrote there. */
async function runOnce(t: TestContext, town: Town, box: Box, environment: (stderr: number) => NodeJS.ProcessEnv) {
  const path = town.path('stderr')
  const stderr = openSync(path, 'w')
  const child = spawn(DATIS, ['box', 'run', '--data', box.data, '--manual', '--json'], {
    stdio: ['ignore', 'pipe', stderr],
    env: { ...process.env, ...environment(stderr) },
  })
  t.after(() => child.kill('SIGKILL'))
  const [said] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  assert.match(String(said), /"ready":true/)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return readFileSync(path, 'utf8')
}

test('under systemd the operational log goes to the journal with its levels, elsewhere to files', async (t) => {
  const town = new Town(t)
  const box = await town.box('anna')
  const logs = join(box.data, 'logs')
  const journal = (stderr: number) => {
    const { dev, ino } = fstatSync(stderr)
    return { JOURNAL_STREAM: `${dev}:${ino}` }
  }
  assert.match(await runOnce(t, town, box, journal), /^<6>\{"at":"[^"]+","level":"info","event":"box\.ready".*\}$/m)
  assert.ok(!existsSync(logs))
  assert.equal(await runOnce(t, town, box, () => ({ JOURNAL_STREAM: '1:1' })), '')
  assert.match(town.logOf(box), /^\{"at":"[^"]+","level":"info","event":"box\.ready".*\}$/m)
})
