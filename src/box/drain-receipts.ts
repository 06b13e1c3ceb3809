/**
 * What everybody signed last for this box, which is leaving: for whoever asks later, and for owners that are off while
 * the others are on. `community/drained.cbor`, docs/formats/data-folder.md
 */
import { z } from 'zod'
import { DatisError, decodeCbor, HOUR_MS, ignoring, joinPath, KiB, readWhole, writeDurably } from '#base'
import { COMMUNITY_BOXES_MAX } from '#coding'
import { type BoxOfMember, type DrainAnswer, drainedAt } from '#community'
import { count, encodeWith, hexBytes, signedSchema } from '#crypto'
import { foldersOf } from './data-folder.ts'
import type { OpenedBox } from './opened-box.ts'

const FILE = 'drained.cbor'
const BYTES_MAX = 16 * KiB * COMMUNITY_BOXES_MAX
/** An owner that has signed, and is silent since. */
const COUNTS_MS = 24 * HOUR_MS

const receiptSchema = z.strictObject({ box: hexBytes(16), drained: signedSchema.nullable(), kept: signedSchema })
const fileSchema = z.strictObject({
  format: z.literal(1),
  /** As the charter says it: who stayed and leaves again asks everybody anew. */
  leaving: count(),
  receipts: z.array(receiptSchema).max(COMMUNITY_BOXES_MAX),
})

type Receipt = z.output<typeof receiptSchema>

export class DrainReceipts {
  readonly #box: OpenedBox
  readonly #leaving: number
  readonly #receipts: Map<string, Receipt>

  constructor(box: OpenedBox, leaving: number) {
    this.#box = box
    this.#leaving = leaving
    this.#receipts = new Map(this.#read().map((receipt) => [receipt.box, receipt]))
  }

  /** Nothing in it that cannot be signed again. */
  #read(): readonly Receipt[] {
    const { world, folder } = this.#box
    try {
      const path = joinPath(foldersOf(folder).community, FILE)
      const bytes = ignoring(['ENOENT'], () => readWhole(world.disk, path, BYTES_MAX))
      const kept = bytes === undefined ? undefined : decodeCbor('drain receipts', fileSchema, bytes)
      return kept?.leaving === this.#leaving ? kept.receipts : []
    } catch (error) {
      if (error instanceof DatisError) return []
      throw error
    }
  }

  /** Of those that answered; the others keep what they signed before. */
  keep(answers: readonly { readonly host: BoxOfMember; readonly answer: DrainAnswer | null }[]): void {
    const { world, folder } = this.#box
    for (const { host, answer } of answers) {
      if (answer === null) continue
      const drained = answer.drained ?? this.#receipts.get(host.box)?.drained ?? null
      this.#receipts.set(host.box, { box: host.box, drained, kept: answer.kept })
    }
    const file = { format: 1 as const, leaving: this.#leaving, receipts: [...this.#receipts.values()] }
    writeDurably(world.disk, foldersOf(folder).community, FILE, encodeWith(fileSchema, file))
  }

  /** Whether a box that is silent has signed within a day that it does without us. */
  counts(host: BoxOfMember): boolean {
    const drained = this.#receipts.get(host.box)?.drained ?? null
    if (drained === null) return false
    try {
      const at = drainedAt(drained, { leaving: this.#box.settings.box, asked: host })
      return Math.abs(this.#box.world.clock.wall() - at) < COUNTS_MS
    } catch (error) {
      if (error instanceof DatisError) return false
      throw error
    }
  }
}
