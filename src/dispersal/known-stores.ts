/** Which store each host had when it was last seen: another one declares that what it kept was lost. */
import { z } from 'zod'
import { type BytePath, type Disk, type Log, writeDurably } from '#base'
import { COMMUNITY_BOXES_MAX } from '#coding'
import { type BoxId, hexBytes } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'

const FILE = 'stores.cbor'
const storesSchema = z.strictObject({
  format: z.literal(1),
  stores: z.array(z.strictObject({ host: hexBytes(16), store: hexBytes(16) })).max(16 * COMMUNITY_BOXES_MAX),
})
const STORES: CheckedFormat<typeof storesSchema> = { what: 'known stores', schema: storesSchema, bytesMax: 256 * 1024 }

export class KnownStores {
  readonly #disk: Disk
  readonly #folder: BytePath
  readonly #stores: Map<BoxId, string>

  /** Without the file every store is as if seen for the first time: inventories still tell what is missing. */
  constructor({ disk, log }: { readonly disk: Disk; readonly log: Log }, folder: BytePath) {
    this.#disk = disk
    this.#folder = folder
    const found = readChecked(disk, folder, FILE, STORES)
    if (found !== null && 'damaged' in found) log.error('stores.damaged', { code: found.damaged })
    const known = found !== null && 'value' in found ? found.value.stores : []
    this.#stores = new Map(known.map(({ host, store }) => [host, store]))
  }

  get(host: BoxId): string | undefined {
    return this.#stores.get(host)
  }

  set(host: BoxId, store: string): void {
    if (this.#stores.get(host) === store) return
    this.#stores.set(host, store)
    const stores = [...this.#stores].map(([box, one]) => ({ host: box, store: one }))
    writeDurably(this.#disk, this.#folder, FILE, encodeChecked(STORES, { format: 1, stores }))
  }
}
