/** Each error that the code can throw is listed for technicians and has words for people. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorsEn } from '../src/text/errors-en.ts'
import { errorsFr } from '../src/text/errors-fr.ts'

const root = join(import.meta.dirname, '..')

/** The codes that a file gives to a DatisError, directly or as a constant in the call, or to an item of a report. */
function codesIn(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  const direct = code.matchAll(/new DatisError\(\s*'([A-Z][A-Z0-9_]*)'/g)
  const handedOn = code.matchAll(/'((?:RECOVERY|PEER|HOST|VAULT|LOG|HEAD)_[A-Z_]+)'/g)
  const items = code.matchAll(/\b(?:incomplete\.add|outcome\.fail)\(.*'([A-Z][A-Z0-9_]+)'/g)
  return [...direct, ...handedOn, ...items].map((match) => match[1] ?? '')
}

const thrown = new Map<string, string>()
for (const file of globSync('src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })) {
  for (const code of codesIn(readFileSync(join(root, file), 'utf8'))) thrown.set(code, file)
}
const listed = new Set(
  [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm)].map(
    (match) => match[1],
  ),
)

test('codes are found at all', () => assert.ok(thrown.size > 20))

for (const [code, file] of thrown) {
  test(`${code} is listed in docs/errors.md and has words in both languages`, () => {
    assert.ok(listed.has(code), `${file} throws it: add its line to docs/errors.md`)
    assert.ok(Object.hasOwn(errorsEn, code), `${file} throws it: add its words to src/text/errors-en*.ts`)
    assert.ok(Object.hasOwn(errorsFr, code), `${file} throws it: add its words to src/text/errors-fr*.ts`)
  })
}

test('what has words is listed too', () => {
  assert.deepEqual(
    Object.keys(errorsEn).filter((code) => !listed.has(code)),
    [],
  )
})
