/** Runs every scripts/bench-*.ts, one after the other; arguments choose by name: `npm run bench -- coding`. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

const wanted = process.argv.slice(2)
const scripts = globSync('bench-*.ts', { cwd: import.meta.dirname })
  .sort()
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))

for (const script of scripts) {
  console.log(`\n# ${script}`)
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, script)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
