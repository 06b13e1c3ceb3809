/**
 * How fast a vault takes a folder in: first snapshot, nothing changed, check, reindex.
 * `node scripts/bench-vault.ts [FOLDER] [VAULT]`; FOLDER is node_modules when not given.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { GiB, MiB, pathFromText, realClock, realDisk, realRandom, startWorkers } from '#base'
import { newKeyring } from '#crypto'
import { openVault } from '#storage'

const [folder = join(import.meta.dirname, '../node_modules'), where = mkdtempSync(join(tmpdir(), 'datis-bench-'))] =
  process.argv.slice(2)

const random = realRandom()
await using workers = startWorkers({ size: availableParallelism() + 1 })
const deps = { disk: realDisk(), clock: realClock(), random, workers }
const box = '0b'.repeat(16)
const keyring = newKeyring(box, random)
const options = { folder: pathFromText(where), box, keyring, indexPath: `${where}/index.sqlite` }
const vault = await openVault(deps, options)
const source = { name: 'bench', paths: [pathFromText(folder)], excludes: [], oneFileSystem: true }
const signal = new AbortController().signal

async function snapshot(): Promise<number> {
  const { files, bytes, newBytes, state } = await vault.takeSnapshot(source, { signal })
  console.log(`  ${files} files, new ${mib(newBytes)}, ${state}`)
  return bytes
}

async function measure(name: string, run: () => Promise<number>): Promise<void> {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const bytes = await run()
  const seconds = (performance.now() - start) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  const figures = [`${mib(bytes)} in ${seconds.toFixed(2)} s`, `${(bytes / MiB / seconds).toFixed(0)} MiB/s`]
  figures.push(`${cpuSeconds.toFixed(1)} CPU s`, `${((cpuSeconds * GiB) / bytes).toFixed(2)} CPU s/GiB`)
  figures.push(`peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
  console.log(`${name}: ${figures.join(', ')}`)
}

function mib(bytes: number): string {
  return `${(bytes / MiB).toFixed(0)} MiB`
}

await measure('first snapshot', snapshot)
const stored = [...vault.packs()].reduce((sum, pack) => sum + pack.bytes, 0)
console.log(`  ${[...vault.packs()].length} packs, ${mib(stored)} stored`)
await measure('nothing changed', snapshot)
await measure('check', async () => {
  const report = await vault.check({ signal })
  if (report.damaged.length > 0) throw new Error('damaged packs')
  return report.bytes
})
await measure('reindex', async () => {
  const report = await vault.reindex({ signal })
  console.log(`  ${report.packs} packs, ${report.chunks} chunks, ${report.snapshots} snapshots`)
  return stored
})
await vault[Symbol.asyncDispose]()
if (!process.argv[3]) rmSync(where, { recursive: true })
