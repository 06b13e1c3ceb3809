import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, jsonLog, utf8 } from '#base'
import { simClock } from '#base/sim'

function logged(fields: Record<string, unknown>): string {
  const lines: string[] = []
  jsonLog((line) => lines.push(line), simClock({ startWallMs: 1_750_000_000_000 })).warn('test.event', fields)
  assert.equal(lines.length, 1)
  return lines[0] ?? ''
}

test('an event is one line of JSON', () => {
  const line = logged({ text: 'two\nlines', bytes: 5n, event: 'cannot be overwritten' })
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)
  assert.deepEqual(JSON.parse(line), {
    at: '2025-06-15T15:06:40Z',
    level: 'warn',
    event: 'test.event',
    text: 'two\nlines',
    bytes: '5',
  })
})

test('bytes are never printed, however deep', () => {
  const key = utf8('secret')
  const line = logged({ key, list: [key, { key }], map: new Map([['key', key]]), buffer: key.buffer })
  assert.doesNotMatch(line, /115|secret|c2VjcmV0/)
  assert.equal(JSON.parse(line).list[1].key, '<6 bytes>')
})

test('an error is its code and its sentence, without details and stack', () => {
  const error = new DatisError('NO_SPACE', 'The disk is full.', { path: '/private' })
  const line = logged({ error, other: new RangeError('out') })
  assert.deepEqual(JSON.parse(line).error, { code: 'NO_SPACE', message: 'The disk is full.' })
  assert.deepEqual(JSON.parse(line).other, { code: 'RangeError', message: 'out' })
  assert.doesNotMatch(line, /private/)
})

test('a text without end is cut', () => {
  assert.equal(JSON.parse(logged({ text: 'x'.repeat(10_000) })).text.length, 2001)
})

test('fields that contain themselves do not stop the program', () => {
  const loop: Record<string, unknown> = {}
  loop.self = loop
  assert.ok(logged({ loop }).includes('<deep>'))
})
