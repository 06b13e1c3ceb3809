import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PLANTED } from './planted.ts'
import { bite, copy, occurrences } from './teeth.ts'

test('each bug has one place, and one name', () => {
  for (const { name, file, from, to } of PLANTED) {
    assert.equal(occurrences(readFileSync(join(copy, file), 'utf8'), from), 1, `${name}: in ${file}`)
    assert.notEqual(from, to, name)
  }
  assert.equal(new Set(PLANTED.map(({ name }) => name)).size, PLANTED.length)
})

bite(0, 2)
