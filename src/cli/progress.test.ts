import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsIn } from '#text'
import { Pace, Progress, progressText } from './progress.ts'

const words = wordsIn('en')

test('a remaining time is told only once it is stable', () => {
  const pace = new Pace(0)
  pace.add(0, 0)
  pace.add(2000, 2_000_000)
  const event = { phase: 'upload', bytesDone: 2_000_000, bytesTotal: 20_000_000 }
  assert.equal(progressText(words, event, pace, 2000), 'sending to hosts · 2 MB of 20 MB · 1 MB/s')
  pace.add(6000, 6_000_000)
  const later = { ...event, bytesDone: 6_000_000 }
  assert.equal(progressText(words, later, pace, 6000), 'sending to hosts · 6 MB of 20 MB · 1 MB/s · 14 sec left')
})

function drawn(redraws: boolean, json: boolean): string {
  let text = ''
  let now = 0
  const terminal = {
    line: () => undefined,
    note: (part: string) => {
      text += part
    },
    redraws,
    asks: false,
    columns: () => 40,
  }
  const clock = { monotonic: () => now, wall: () => 0, sleep: async () => undefined, deadline: () => assert.fail() }
  const progress = new Progress({ terminal, clock, words, json })
  for (; now < 12_000; now += 50) progress.report({ phase: 'snapshot', filesDone: now, bytesDone: now * 1000 })
  progress.report({ phase: 'upload', reached: 'protected' })
  progress.clear()
  return text
}

test('a terminal gets one line, redrawn, cut to its width and cleared at the end', () => {
  const text = drawn(true, true)
  const lines = text.split('\r\u001b[2K')
  assert.ok(lines.length > 100)
  assert.ok(lines.filter((line) => !line.includes('\n')).every((line) => line.length < 40))
  assert.equal(lines.at(-1), '')
})

test('elsewhere there is a line every few seconds, and none with --json', () => {
  assert.equal(drawn(false, false).trimEnd().split('\n').length, 3)
  assert.equal(drawn(false, true), '')
})
