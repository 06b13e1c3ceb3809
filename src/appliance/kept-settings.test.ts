import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { note } from '#accounts'
import { silentLog } from '#base'
import { simClock } from '#base/sim'
import type { RunningBox } from '#box'
import { KeptSettings } from './kept-settings.ts'

test('settings whose copy takes long are copied seldom', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datis-kept-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const stopping = new AbortController()
  let now = 0
  const slept: number[] = []
  const clock = {
    wall: () => now,
    // Each copy takes three seconds.
    deadline: (ms: number) => simClock({ startWallMs: 0 }).deadline(ms),
    monotonic: () => {
      now += 3000
      return now
    },
    sleep: async (ms: number) => {
      slept.push(ms)
      if (slept.length === 2) stopping.abort()
      stopping.signal.throwIfAborted()
    },
  }
  const saved: string[] = []
  const call = async (name: string) => {
    saved.push(name)
    // Behind a long dispersal it waits for its turn.
    if (name === 'settings.save') now += 3_600_000
    return { found: false }
  }
  const box = { call } as unknown as RunningBox['box']
  const kept = new KeptSettings({ box, settingsPath: join(folder, 'settings.sqlite'), clock, log: silentLog })
  const settings = await kept.open()
  await settings
    .transaction()
    .execute((inner) => note(inner, { at: 1, actor: 'box', action: 'user.made', details: {} }))
  await kept.run(stopping.signal)
  assert.deepEqual(
    [saved, slept],
    [
      ['settings.bring', 'settings.save'],
      [60_000, 60_000],
    ],
  )
  await settings.destroy()
})
