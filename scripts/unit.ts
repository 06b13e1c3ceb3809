/**
 * The unit tests: one process a folder, two at a time. A process a file would spend most of its time on loading the
 * same modules again; all in one process could hide that a file leans on another one.
 *
 *     npm run unit [-- part of a path …]
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'

const AT_ONCE = 2
const wanted = process.argv.slice(2)
const files = globSync(['src/**/*.test.ts', 'test/*.test.ts', 'test/conformance/*.test.ts'])
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
const folders = Map.groupBy(files, dirname)
const waiting = [...folders].sort(([, a], [, b]) => b.length - a.length)
const totals = { tests: 0, pass: 0, fail: 0 }
const failed: string[] = []
const start = performance.now()

/** Runs the tests of a folder, and prints all they say at once when they have ended. */
function run(folder: string, tests: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--test', '--test-isolation=none', ...tests], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      process.stdout.write(said)
      if (code !== 0) failed.push(folder)
      for (const key of ['tests', 'pass', 'fail'] as const) {
        totals[key] += Number(new RegExp(`^ℹ ${key} (\\d+)$`, 'mu').exec(said)?.[1] ?? 0)
      }
      resolve()
    })
  })
}

async function runNext(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(...next)
}

await Promise.all(Array.from({ length: AT_ONCE }, runNext))
const seconds = ((performance.now() - start) / 1000).toFixed(1)
console.log(`\nunit: ${totals.tests} tests, ${totals.pass} pass, ${totals.fail} fail, ${seconds} s`)
if (failed.length > 0 || totals.tests === 0) {
  process.stderr.write(`failed in: ${failed.join(', ') || 'no test found'}\n`)
  process.exitCode = 1
}
