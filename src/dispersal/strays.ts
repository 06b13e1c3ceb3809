/**
 * Rows of our packs that hosts show and no placement names: power failed between sending and logging, and the stripe
 * went out under another record then. They protect nothing, count as kept, and are released with their stripe.
 */
import { z } from 'zod'
import { type BytePath, type Disk, type Log, writeDurably } from '#base'
import { CODE_FRAGMENTS_MAX, COMMUNITY_BOXES_MAX } from '#coding'
import { type BoxId, count, hexBytes } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'
import type { InventoryEntry } from './protocol.ts'

const FILE = 'strays.cbor'
/** Of a host that shows more, those that are left out are found again once these are gone. */
const STRAYS_A_HOST_MAX = 1000

const straySchema = z.strictObject({
  host: hexBytes(16),
  stripe: hexBytes(32),
  row: count(0, CODE_FRAGMENTS_MAX - 1),
  /** Of its payload, as the host says. */
  bytes: count(),
})
const straysSchema = z.strictObject({
  format: z.literal(1),
  strays: z.array(straySchema).max(STRAYS_A_HOST_MAX * COMMUNITY_BOXES_MAX),
})
const STRAYS: CheckedFormat<typeof straysSchema> = { what: 'strays', schema: straysSchema, bytesMax: 16 * 1024 * 1024 }

export type Stray = z.output<typeof straySchema>

export class Strays {
  readonly #disk: Disk
  readonly #folder: BytePath
  #strays: readonly Stray[]

  /** Without the file none is known until hosts show them again. */
  constructor({ disk, log }: { readonly disk: Disk; readonly log: Log }, folder: BytePath) {
    this.#disk = disk
    this.#folder = folder
    const found = readChecked(disk, folder, FILE, STRAYS)
    if (found !== null && 'damaged' in found) log.error('strays.damaged', { code: found.damaged })
    this.#strays = found !== null && 'value' in found ? found.value.strays : []
  }

  get all(): readonly Stray[] {
    return this.#strays
  }

  /** What each host shows now; `isReleased`: a host shows no more what it will purge. */
  note(
    shown: ReadonlyMap<BoxId, readonly InventoryEntry[]>,
    isReleased: (stray: Pick<Stray, 'host' | 'stripe'>) => boolean,
  ): void {
    const kept = this.#strays.filter((stray) => !shown.has(stray.host) || isReleased(stray))
    const found = [...shown].flatMap(([host, entries]) =>
      entries.slice(0, STRAYS_A_HOST_MAX).map(({ stripe, row, bytes }) => ({ host, stripe, row, bytes })),
    )
    const strays = [...new Map([...kept, ...found].map((stray) => [nameOf(stray), stray])).values()]
    if (strays.length === this.#strays.length && strays.every((stray, at) => sameAs(stray, this.#strays[at]))) return
    this.#strays = strays
    writeDurably(this.#disk, this.#folder, FILE, encodeChecked(STRAYS, { format: 1, strays }))
  }
}

function nameOf({ host, stripe, row }: Stray): string {
  return `${host} ${stripe} ${row}`
}

function sameAs(a: Stray, b: Stray | undefined): boolean {
  return b !== undefined && nameOf(a) === nameOf(b) && a.bytes === b.bytes
}
