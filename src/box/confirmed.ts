/** What the last dispersal saw on the hosts: `confirmed.cbor` in the data folder. It ages; nobody takes it back. */
import { z } from 'zod'
import {
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  ignoring,
  joinPath,
  type Log,
  readWhole,
  writeDurably,
} from '#base'
import { count, encodeWith } from '#crypto'

const FILE = 'confirmed.cbor'
const FILE_BYTES_MAX = 256 * 1024
const HOSTS_MAX = 256

const confirmedSchema = z.strictObject({
  format: z.literal(1),
  /** Wall ms, when the round was over. */
  at: count(),
  state: z.enum(['stored', 'protected', 'whole']),
  /** The newest complete ones of each source at that time. */
  snapshots: z.array(z.string().max(64)).max(1000),
  trouble: z.array(z.strictObject({ host: z.string().max(100), code: z.string().max(100) })).max(HOSTS_MAX),
})

export type Confirmed = Omit<z.output<typeof confirmedSchema>, 'format'>

/** Null: nothing is known. */
export function readConfirmed(disk: Disk, folder: BytePath): Confirmed | null {
  try {
    const bytes = ignoring(['ENOENT'], () => readWhole(disk, joinPath(folder, FILE), FILE_BYTES_MAX))
    return bytes === undefined ? null : decodeCbor('what hosts confirmed', confirmedSchema, bytes)
  } catch (error) {
    if (error instanceof DatisError) return null
    throw error
  }
}

/** One that cannot be kept is as good as none: the state ages. */
export function keepConfirmed({ disk, log }: { disk: Disk; log: Log }, folder: BytePath, one: Confirmed): void {
  try {
    writeDurably(disk, folder, FILE, encodeWith(confirmedSchema, { format: 1, ...one }))
  } catch (error) {
    log.error('confirmed.unkept', { code: codeOf(error) })
  }
}
