import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Town } from './town.ts'

/** Until the command has asked the box. */
const ASKED_MS = 3000

test('a box that hangs is not waited for, and Ctrl+C ends the wait before', { timeout: 120_000 }, async (t) => {
  const town = new Town(t)
  const box = await town.box('owner')
  await town.run(box)
  const show = ['snapshot', 'list', '--data', box.data]
  box.process?.kill('SIGSTOP')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { child, ended } = town.start(show)
    await sleep(ASKED_MS)
    child.kill(signal)
    const { exit, json, err } = await ended
    assert.deepEqual([exit, json.error?.code, err], [130, 'CANCELLED', ''])
  }
  assert.equal(await town.fails(1, ...show), 'BOX_SILENT')
  box.process?.kill('SIGCONT')
  await town.ok(show)
})
