/** Does the suite bite? Each planted bug must make a test fail, in a copy of the tree; see `planted.ts`. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { PLANTED } from './planted.ts'
import type { CaughtBy } from './planted-bug.ts'

const RUN_TIMEOUT_MS = 120_000
/** Whether what is to notice passes as it is: `npm test` has just seen it where it stands, `npm run proof` asks in the copy. */
const IS_WHOLE = process.env.DATIS_TEETH === 'whole'
const root = resolve(import.meta.dirname, '..', '..')
export const copy = mkdtempSync(join(tmpdir(), 'datis-teeth-'))
for (const part of ['src', 'test', 'package.json', 'tsconfig.json']) {
  cpSync(join(root, part), join(copy, part), { recursive: true })
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
after(() => rmSync(copy, { recursive: true, force: true }))

interface Run {
  readonly failed: boolean
  readonly output: string
}

function run(file: string, names: readonly string[]): Run {
  // Inside a test run, a second `node --test` would otherwise report to the first one and always succeed.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const patterns = names.map((name) => `--test-name-pattern=${RegExp.escape(name)}`)
  const options = ['--test', '--test-isolation=none', '--test-reporter=tap', ...patterns]
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, file], {
    cwd: copy,
    env,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  return { failed: status !== 0, output: `${stdout}${stderr}` }
}

/** A file that does not even load fails too, and bites nothing: the test itself must be named. */
function says(output: string, result: 'ok' | 'not ok', { tests }: CaughtBy): boolean {
  return new RegExp(`^ *${result} \\d+ - [^\\n]*${RegExp.escape(tests)}`, 'm').test(output)
}

export function occurrences(text: string, part: string): number {
  return text.split(part).length - 1
}

/** Files that catch bugs, those that catch most first. */
function catchers(): string[] {
  const counts = Map.groupBy(PLANTED, ({ caughtBy }) => caughtBy[0].file)
  return [...counts].sort(([, a], [, b]) => b.length - a.length).map(([file]) => file)
}

/** What every `of`-th file catches, from the `part`-th: each half has a copy of its own, so that both cores bite. */
export function bite(part: number, of: number): void {
  const own = catchers().filter((_, n) => n % of === part)
  const mine = PLANTED.filter(({ caughtBy }) => own.includes(caughtBy[0].file))
  if (IS_WHOLE) passAsTheyAre(mine.flatMap(({ caughtBy }) => caughtBy))
  for (const { name, file, from, to, caughtBy } of mine) {
    test(`is noticed: ${name}`, () => {
      const path = join(copy, file)
      const sound = readFileSync(path, 'utf8')
      writeFileSync(
        path,
        sound.replace(from, () => to),
      )
      try {
        for (const one of caughtBy) {
          const { failed, output } = run(one.file, [one.tests])
          assert.ok(failed && says(output, 'not ok', one), `${one.file} passes although ${name}\n${output}`)
        }
      } finally {
        writeFileSync(path, sound)
      }
    })
  }
}

function passAsTheyAre(catching: readonly CaughtBy[]): void {
  for (const [file, ones] of Map.groupBy(catching, (one) => one.file)) {
    test(`passes as it is: ${file}`, () => {
      const { failed, output } = run(file, [...new Set(ones.map(({ tests }) => tests))])
      assert.ok(!failed && ones.every((one) => says(output, 'ok', one)), output)
    })
  }
}
