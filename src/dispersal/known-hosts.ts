/**
 * What an owner remembers of its hosts: the store of each (another one declares that what it kept was lost), and since
 * when it has not answered.
 */
import { z } from 'zod'
import { type BytePath, type Clock, type Disk, type Log, writeDurably } from '#base'
import { COMMUNITY_BOXES_MAX } from '#coding'
import { type BoxId, count, hexBytes } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'
import { USUAL_GRACES } from './graces.ts'

const FILE = 'stores.cbor'
const hostsSchema = z.strictObject({
  format: z.literal(1),
  hosts: z
    .array(
      z.strictObject({
        host: hexBytes(16),
        store: hexBytes(16).nullable(),
        missedSince: count().nullable(),
        lentSince: count().nullable().default(null),
      }),
    )
    .max(16 * COMMUNITY_BOXES_MAX),
})
const HOSTS: CheckedFormat<typeof hostsSchema> = { what: 'known hosts', schema: hostsSchema, bytesMax: 256 * 1024 }

interface KnownHost {
  /** Null: it never answered. */
  readonly store: string | null
  /** Wall clock; null while it answers. */
  readonly missedSince: number | null
  /** Wall clock: since then it has answered on sessions alone that it opened itself; null while it can be dialled. */
  readonly lentSince: number | null
}

export class KnownHosts {
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #folder: BytePath
  readonly #absentMs: number
  readonly #hosts: Map<BoxId, KnownHost>

  /** Without the file each host is as if seen for the first time: inventories still tell what is missing. */
  constructor(
    { disk, clock, log }: { readonly disk: Disk; readonly clock: Clock; readonly log: Log },
    folder: BytePath,
    { hostAbsentMs } = USUAL_GRACES,
  ) {
    this.#disk = disk
    this.#clock = clock
    this.#folder = folder
    this.#absentMs = hostAbsentMs
    const found = readChecked(disk, folder, FILE, HOSTS)
    if (found !== null && 'damaged' in found) log.error('stores.damaged', { code: found.damaged })
    const known = found !== null && 'value' in found ? found.value.hosts : []
    this.#hosts = new Map(known.map(({ host, ...rest }) => [host, rest]))
  }

  storeOf(host: BoxId): string | null {
    return this.#hosts.get(host)?.store ?? null
  }

  /** It answers, with this store; `lent`: nobody can dial it. */
  seen(host: BoxId, store: string, lent: boolean): void {
    const known = this.#hosts.get(host)
    const lentSince = lent ? Math.min(known?.lentSince ?? this.#now(), this.#now()) : null
    if (known?.store === store && known.missedSince === null && known.lentSince === lentSince) return
    this.#keep(host, { store, missedSince: null, lentSince })
  }

  /** It answers, whatever its store is. */
  answered(host: BoxId): void {
    const known = this.#hosts.get(host)
    if (known !== undefined && known.missedSince !== null) this.#keep(host, { ...known, missedSince: null })
  }

  /** It does not answer while others do: it is not our own line. */
  missed(host: BoxId): void {
    const { store = null, missedSince = null, lentSince = null } = this.#hosts.get(host) ?? {}
    // A clock that was ahead for a while must not make us wait for years.
    if (missedSince === null || missedSince > this.#now())
      this.#keep(host, { store, missedSince: this.#now(), lentSince })
  }

  /** Whether it has not answered for two days of which we know; sooner in a practice community. */
  isAbsent(host: BoxId): boolean {
    const missedSince = this.#hosts.get(host)?.missedSince ?? null
    return missedSince !== null && this.#now() - missedSince >= this.#absentMs
  }

  /** Whether nobody has been able to dial it for as long: such a host keeps new packs when there is no other. */
  isHard(host: BoxId): boolean {
    const lentSince = this.#hosts.get(host)?.lentSince ?? null
    return lentSince !== null && this.#now() - lentSince >= this.#absentMs
  }

  #now(): number {
    return Math.floor(this.#clock.wall())
  }

  #keep(host: BoxId, known: KnownHost): void {
    this.#hosts.set(host, known)
    const hosts = [...this.#hosts].map(([box, one]) => ({ host: box, ...one }))
    writeDurably(this.#disk, this.#folder, FILE, encodeChecked(HOSTS, { format: 1, hosts }))
  }
}
