import { codeOf, GiB } from '#base'
import type { DisperseReport } from '#dispersal'
import type { PackId, PackInfo } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext } from '../operations.ts'
import { packFetcher } from '../peers.ts'
import { addReleases } from './releases.ts'
import { isAlmostFull } from './snapshots.ts'

/** Hosts keep both until the brake lets go of the old one: not all of a large vault in one dispersal. */
const RECODED_BYTES_MAX = GiB

/**
 * Packs whose stripes can never be whole, since members have left or since a host has their id for another stripe, are
 * packed anew and coded for those who are there; the old ones are let go of once the new ones are protected.
 */
export class Recoding {
  readonly #box: OpenedBox
  #bytesDone = 0

  constructor(box: OpenedBox) {
    this.#box = box
  }

  /** Whether another round has something to do. */
  async goOn(report: DisperseReport, context: OperationContext): Promise<boolean> {
    const stuck = [...report.stuck].flatMap((id) => this.#box.vault.pack(id) ?? []).filter(({ released }) => !released)
    if (stuck.length === 0) return false
    const twins = this.#box.vault.twins()
    const isNew = (twin: PackId): boolean => !report.stuck.has(twin)
    const isSafe = (twin: PackId): boolean => isNew(twin) && this.#isProtected(twin, report)
    const safe = stuck.filter(({ id }) => twins.get(id)?.some(isSafe))
    const lone = stuck.filter(({ id }) => !twins.get(id)?.some(isNew))
    const witnessed = report.receipts >= report.needed
    if (witnessed && safe.length > 0) await addReleases(this.#box, { packs: safe.map(({ id }) => id) }, context)
    const packed = await this.#packAnew(lone, context)
    return packed > 0 || (witnessed && safe.length > 0)
  }

  /** With what a box that comes back with nothing needs to look into it. */
  #isProtected(id: PackId, { states }: DisperseReport): boolean {
    const { vault } = this.#box
    const needed = vault.pack(id)?.class === 'data' ? [id, vault.packOfPart(id)] : [id]
    return needed.every((one) => one !== null && (states.get(one) ?? 'stored') !== 'stored')
  }

  async #packAnew(packs: readonly PackInfo[], context: OperationContext): Promise<number> {
    const left = RECODED_BYTES_MAX - this.#bytesDone
    const bytesTotal =
      this.#bytesDone +
      Math.min(
        left,
        packs.reduce((sum, { bytes }) => sum + bytes, 0),
      )
    let packed = 0
    for (const pack of packs) {
      if (this.#bytesDone >= RECODED_BYTES_MAX || isAlmostFull(this.#box)) break
      context.signal.throwIfAborted()
      if (await this.#packOne(pack, context.signal)) packed++
      this.#bytesDone += pack.bytes
      context.onProgress({ phase: 'recode', bytesDone: this.#bytesDone, bytesTotal })
    }
    if (packed > 0) await this.#box.vault.writeMissingParts(context.signal)
    return packed
  }

  /** What cannot be had today is tried again by the next dispersal. */
  async #packOne({ id }: PackInfo, signal: AbortSignal): Promise<boolean> {
    const { vault, world } = this.#box
    try {
      if (!vault.hasPack(id))
        await vault.adoptPack(id, await packFetcher(this.#box, () => undefined)(id, signal), { signal })
      const twin = await vault.repack(id, { signal })
      world.log.info('recode.packed', { pack: id, twin })
      return true
    } catch (error) {
      signal.throwIfAborted()
      world.log.warn('recode.failed', { pack: id, code: codeOf(error) })
      return false
    }
  }
}
