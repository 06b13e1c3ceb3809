/**
 * Boxes at work for long: a community of six, each with its console, under the load of `test/e2e/service-load.ts`. Every
 * 10 s one JSON line tells of each box its memory, descriptors, and sessions with peers. Linux only.
 *
 *     npm run soak -- --minutes 30 [--boxes 6] [--pause 1500]
 *
 * It ends with 1 when a box took 350 MB or more at any moment; when the median of descriptors in the last quarter is
 * more than a tenth and 8 above that of the second quarter; when that of sessions is more than 4 above; or when memory
 * is more than a quarter above. The first quarter, in which threads start and caches fill, counts for the 350 MB alone.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Browser, freePort, readyAppliance } from '../test/e2e/appliance.ts'
import { Chance } from '../test/e2e/material.ts'
import { Load } from '../test/e2e/service-load.ts'
import { type Box, Town } from '../test/e2e/town.ts'

const SAMPLE_MS = 10_000
const RSS_MB_MAX = 350
const POLICIES = ['--local', '<2 min, 1 min>', '--remote', '<10 min, 1 min>']
const ESTABLISHED = '01'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    boxes: { type: 'string', default: '6' },
    pause: { type: 'string', default: '1500' },
  },
})
const minutes = Number(values.minutes)

interface Sample {
  readonly rssMb: number
  readonly descriptors: number
  readonly sessions: number
  readonly heapMb: number
}

type Figure = Exclude<keyof Sample, 'heapMb'>

interface SoakedBox {
  readonly box: Box
  readonly pid: number
  readonly browser: Browser
  readonly load: Load
  readonly samples: Sample[]
}

async function soaked(town: Town, box: Box): Promise<SoakedBox> {
  const folders = { quiet: town.path(`${box.name}.quiet`), busy: town.path(`${box.name}.busy`) }
  const port = await freePort()
  const browser = new Browser(port)
  const chance = new Chance({
    name: box.name,
    diagnostic: (text) => void process.stderr.write(`${box.name} ${text}\n`),
  })
  const load = new Load(browser, chance, folders, Number(values.pause))
  for (const [name, folder] of Object.entries(folders)) {
    await town.ok(['source', 'add', name, folder, '--data', box.data])
    await town.ok(['policy', 'set', name, ...POLICIES, '--data', box.data])
  }
  const { child, ready } = await readyAppliance(town, box.data, port, ['--fast'])
  await browser.begin('Anne', ready.setupCode)
  return { box, pid: child.pid ?? 0, browser, load, samples: [] }
}

async function sampleOf({ pid, browser }: SoakedBox, peerPorts: ReadonlySet<number>): Promise<Sample> {
  const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`))
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const metrics = await (await fetch(`${browser.origin}/metrics`)).text()
  return {
    rssMb: Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024),
    descriptors: links.length,
    sessions: connections(pid).filter(
      ({ inode, ports }) => inodes.has(inode) && ports.some((one) => peerPorts.has(one)),
    ).length,
    heapMb: Math.round(Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(metrics)?.[1]) / 2 ** 20),
  }
}

/** Empty when it was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function connections(pid: number): { inode: string; ports: number[] }[] {
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const portOf = (address: string) => Number.parseInt(address.split(':')[1] ?? '', 16)
    return state === ESTABLISHED ? [{ inode, ports: [portOf(local), portOf(remote)] }] : []
  })
}

function median(samples: readonly Sample[], figure: Figure): number {
  const sorted = samples.map((one) => one[figure]).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** What is wrong with one box; nothing, when all is well. */
function troubleOf({ box, samples }: SoakedBox): string[] {
  const quarter = Math.floor(samples.length / 4)
  const [second, last] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)]
  const most = Math.max(...samples.map(({ rssMb }) => rssMb))
  const bounds: Record<Figure, (before: number) => number> = {
    rssMb: (before) => before * 1.25,
    descriptors: (before) => before * 1.1 + 8,
    sessions: (before) => before + 4,
  }
  const figures = (Object.keys(bounds) as Figure[]).map((figure) => {
    const [before, after] = [median(second, figure), median(last, figure)]
    return { figure, before, after, grew: after > bounds[figure](before) }
  })
  const told = figures.map(({ figure, before, after }) => [figure, { secondQuarter: before, lastQuarter: after }])
  console.log(JSON.stringify({ box: box.name, most, ...Object.fromEntries(told) }))
  return [
    ...(most >= RSS_MB_MAX ? [`${box.name}: ${most} MB`] : []),
    ...figures.filter(({ grew }) => grew).map(({ figure }) => `${box.name}: ${figure} grew`),
  ]
}

async function soak(town: Town): Promise<string[]> {
  const names = Array.from({ length: Number(values.boxes) }, (_, index) => `box-${index + 1}`)
  for (const name of names) await town.box(name)
  await town.found()
  const all: SoakedBox[] = []
  for (const box of town.boxes) all.push(await soaked(town, box))
  const peerPorts = new Set(town.boxes.map(({ address }) => Number(address.split(':')[1])))
  for (const { load } of all) load.begin()
  const began = performance.now()
  while (performance.now() - began < minutes * 60_000) {
    await sleep(SAMPLE_MS)
    const line: Record<string, Sample> = {}
    for (const one of all) {
      const sample = await sampleOf(one, peerPorts)
      one.samples.push(sample)
      line[one.box.name] = sample
    }
    console.log(JSON.stringify({ seconds: Math.round((performance.now() - began) / 1000), ...line }))
  }
  await Promise.all(all.map(({ load }) => load.end()))
  for (const { box, load } of all) console.log(JSON.stringify({ box: box.name, did: Object.fromEntries(load.counts) }))
  return all.flatMap(troubleOf)
}

assert.ok(minutes > 0, '--minutes N')
process.once('SIGINT', () => process.exit(130))
const afterwards: (() => Promise<void>)[] = []
try {
  const trouble = await soak(new Town({ after: (act) => void afterwards.push(act) }))
  console.log(JSON.stringify({ ok: trouble.length === 0, minutes, trouble }))
  if (trouble.length > 0) process.exitCode = 1
} finally {
  for (const act of afterwards) await act()
}
