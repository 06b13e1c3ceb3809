/** The demo in every size that the README promises: it survives exactly n − k losses, and says so when one more is lost. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const NOT_RECOVERABLE = 3
const sizes = [
  { boxes: 3, losses: 1 },
  { boxes: 6, losses: 2 },
  { boxes: 9, losses: 3 },
  { boxes: 12, losses: 4 },
]
const folder = process.argv[2] ?? join(import.meta.dirname, '../node_modules/typescript')
const main = join(import.meta.dirname, '../src/cli/main.ts')

function demo(boxes: number, lose: number, expected: number): void {
  const args = [main, 'demo', folder, '--boxes', String(boxes), '--lose', String(lose)]
  console.log(`\n# ${boxes} boxes, ${lose} lost besides the owner: must end with ${expected}`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status === expected) return
  process.stderr.write(`ended with ${status}\n`)
  process.exitCode = 1
}

for (const { boxes, losses } of sizes) {
  demo(boxes, losses, 0)
  demo(boxes, losses + 1, NOT_RECOVERABLE)
}
