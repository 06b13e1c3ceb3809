import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ringOf } from './ring.ts'

const member = (id: string, fragments: number) => ({ id, name: id, fragments, state: 'answers' as const })

/** Degrees from the first point of an arc to its last. */
function width(path: string): number {
  const [, ax = 0, ay = 0, bx = 0, by = 0] = (/M ([\d.-]+) ([\d.-]+) A .* ([\d.-]+) ([\d.-]+)$/.exec(path) ?? []).map(
    Number,
  )
  const angle = Math.atan2(by - 100, bx - 100) - Math.atan2(ay - 100, ax - 100)
  return (((angle * 180) / Math.PI) % 360) + (angle < 0 ? 360 : 0)
}

test('an arc is as wide as what its member holds, and none too small to be seen', () => {
  const [much, little, none] = ringOf([member('a', 300), member('b', 100), member('c', 0)]).map(({ path }) =>
    width(path),
  )
  assert.ok((much ?? 0) > 2 * (little ?? 0) && (none ?? 0) > 8, `${much} ${little} ${none}`)
  const even = ringOf([member('a', 0), member('b', 0)]).map(({ path }) => Math.round(width(path)))
  assert.equal(even[0], even[1])
})
