/**
 * Stories in a real browser, with real boxes, by a part of their names; all of them when none is given.
 *
 *     npm run e2e [-- NAME… ] [--json]
 *
 * With --json the last line is `{passed, failed, skipped, seconds}`. The exit code is 1 when one failed, or none was found.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'

const AT_ONCE = 3
const { values, positionals: names } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
const isJson = values.json === true
const count = { passed: 0, failed: 0, skipped: 0 }
const begun = performance.now()
const files = globSync('*.test.ts', { cwd: import.meta.dirname }).sort()

process.env.DATIS_STORIES = 'whole'
const stories = run({
  files: files.map((file) => join(import.meta.dirname, file)),
  concurrency: AT_ONCE,
  ...(names.length > 0 && { testNamePatterns: names.map((name) => new RegExp(RegExp.escape(name), 'i')) }),
})
stories.on('test:pass', ({ name, skip }) => {
  // A file of which no story was asked for reports itself.
  if (name.endsWith('.test.ts')) return
  if (skip === undefined) count.passed++
  else count.skipped++
})
stories.on('test:fail', () => {
  count.failed++
})
stories.compose(spec).pipe(isJson ? process.stderr : process.stdout)
stories.on('end', () => {
  const seconds = Math.round((performance.now() - begun) / 1000)
  if (isJson) console.log(JSON.stringify({ ...count, seconds }))
  if (count.failed > 0 || count.passed === 0) process.exitCode = 1
})
