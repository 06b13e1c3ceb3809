/** A community of real boxes, of which the first has a console and real data: what stories begin with. */
import assert from 'node:assert/strict'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { type Appliance, Browser, freePort, readyAppliance } from '../e2e/appliance.ts'
import { type Box, Town } from '../e2e/town.ts'

export const NAME = 'Anne'

export interface Place {
  readonly town: Town
  readonly owner: Box
  readonly hosts: readonly Box[]
  readonly origin: string
  readonly port: number
  readonly child: Appliance['child']
  /** Signed in as the administrator. */
  readonly api: Browser
  /** What the source `house` saves. */
  readonly house: string
}

/** The smallest PNG that shows something. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGNgyDuBFTFgF84bghIA6uxD4U8d8ZAAAAAASUVORK5CYII=',
  'base64',
)
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`

/** Papers of a small house: names that people give. */
export function furnish(house: string): void {
  for (const folder of ['Comptes/2026', 'Photos', 'Plans']) mkdirSync(join(house, folder), { recursive: true })
  writeFileSync(join(house, 'Comptes/2026/budget.txt'), 'income 1200\nexpenses 900\n')
  writeFileSync(join(house, 'Comptes/2026/facture n° 7.pdf'), PDF)
  writeFileSync(join(house, 'Photos/été.png'), PIXEL)
  writeFileSync(join(house, 'Plans/maison.txt'), 'three rooms\n'.repeat(500))
  writeFileSync(join(house, 'Plans/archive.bin'), Buffer.alloc(300_000, 7))
  const then = new Date('2026-03-02T09:30:00Z')
  utimesSync(join(house, 'Comptes/2026/budget.txt'), then, then)
}

/** `hosts` other boxes that run; the owner's snapshots are with them, and a drill has proved it. */
export async function place(t: TestContext, hosts: number): Promise<Place> {
  const town = new Town(t)
  const { owner, hosts: others } = await town.founded(hosts)
  const house = town.path('house')
  furnish(house)
  const port = await freePort()
  const { child, ready } = await readyAppliance(town, owner.data, port, ['--manual'])
  const api = new Browser(port)
  await api.begin(NAME, ready.setupCode)
  const source = { name: 'house', paths: [house], excludes: [], oneFileSystem: false }
  assert.equal((await api.run('source.add', source)).state, 'done')
  await take(api)
  writeFileSync(join(house, 'Comptes/2026/budget.txt'), 'income 1300\nexpenses 850\ntravel 120\n')
  await take(api)
  if (hosts > 0) {
    assert.equal((await api.run('disperse', { waitMs: 60_000 })).state, 'done')
    assert.equal((await api.run('drill.run', {})).state, 'done')
  }
  return { town, owner, hosts: others, origin: `http://localhost:${port}`, port, child, api, house }
}

/** No session may do any more what asks for the password again. */
export function fiveMinutesLater({ data }: Box): void {
  const settings = new DatabaseSync(join(data, 'settings.sqlite'), { timeout: 5000 })
  settings.exec('UPDATE sessions SET elevated = 0')
  settings.close()
}

export async function take(api: Browser): Promise<void> {
  assert.equal((await api.run('snapshot.take', { sources: [] })).state, 'done')
}
