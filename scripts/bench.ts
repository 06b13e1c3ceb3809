/**
 * Runs every scripts/bench-*.ts, one after the other; arguments choose by name: `npm run bench -- coding`. Options go to
 * each of them.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

const given = process.argv.slice(2)
const options = given.filter((one) => one.startsWith('--'))
const wanted = given.filter((one) => !one.startsWith('--'))
const scripts = globSync('bench-*.ts', { cwd: import.meta.dirname })
  .sort()
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))

for (const script of scripts) {
  if (!options.includes('--json')) console.log(`\n# ${script}`)
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
