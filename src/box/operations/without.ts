/** What still holds without some boxes: how many more may fall, and what hosts alone would bring back. */
import { DatisError } from '#base'
import { hostsFor } from '#community'
import { shortId } from '#dispersal'
import type { PackId } from '#storage'
import { goneOf } from '../margin.ts'
import { boxMeant, namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, WithoutArguments, WithoutResult } from '../operations.ts'
import { checkHosts } from './community.ts'
import { shownInstant } from './shown.ts'

/** Somebody waits for it. */
const SNAPSHOTS_MS_MAX = 3000

/** NOT_FOUNDED, COMMUNITY_ALONE, COMMUNITY_LEFT, BOX_UNKNOWN, BOX_AMBIGUOUS */
export async function showWithout(
  box: OpenedBox,
  { without, within }: WithoutArguments,
  { signal }: OperationContext,
): Promise<WithoutResult> {
  checkHosts(box)
  const hosts = hostsFor(box.charter, box.settings.organisation)
  const names = namesOf(box)
  const away = new Set(without.map((text) => boxMeant(box.charter, names, text).box))
  const shared = {
    without: [...away].map((one) => ({ box: one, name: names.box(one) ?? '' })),
    silent: hosts.filter((one) => box.margin.isSilent(one.box)).map((one) => ({ box: one.box, name: one.name })),
  }
  const remote = box.vault.snapshots().filter((one) => one.remote && within?.includes(one.source) !== false)
  const known = box.margin.known(Math.floor(box.world.clock.wall()))
  if (known === null) {
    const nothing = { margin: null, confirmedAt: null, stripes: null, bytes: null }
    return { ...shared, ...nothing, snapshots: { total: remote.length, held: null }, each: [] }
  }
  const { holders, at } = known
  const gone = goneOf(box, holders).union(away)
  const each = holders.eachWithout(gone)
  const { margin, stripes, bytes } = holders.without(gone)
  const question = JSON.stringify([[...gone].sort(), within, box.vault.log.end().hash])
  const held = await box.margin.counted(known, question, async () => {
    if (!holders.areNamed) return null
    const stands = standing(box, holders.heldIds(gone))
    return await countIn(box, remote, { stands, signal, msMax: SNAPSHOTS_MS_MAX })
  })
  return {
    ...shared,
    margin,
    confirmedAt: shownInstant(at),
    stripes,
    bytes,
    snapshots: { total: remote.length, held },
    each:
      margin === null
        ? []
        : hosts
            .filter((one) => !gone.has(one.box))
            .map(({ box: id, name }) => ({
              box: id,
              name,
              margin: each.get(id) ?? margin,
            })),
  }
}

/** Null, too, when a folder cannot be read here: it may lead to anything. */
async function countIn(
  { vault, world }: OpenedBox,
  ...asked: Parameters<OpenedBox['vault']['countComingBack']>
): Promise<number | null> {
  try {
    return await vault.countComingBack(...asked)
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    world.log.warn('without.snapshot.unread', { code: error.code })
    return null
  }
}

/** A data pack with the metadata pack that leads into it. */
function standing({ vault }: OpenedBox, held: ReadonlySet<number>): (pack: PackId) => boolean {
  const known = new Map<PackId, boolean>()
  const isHeld = (pack: PackId | null) => pack !== null && held.has(shortId(pack))
  return (pack) => {
    const before = known.get(pack)
    if (before !== undefined) return before
    const stands = isHeld(pack) && (vault.pack(pack)?.class !== 'data' || isHeld(vault.packOfPart(pack)))
    known.set(pack, stands)
    return stands
  }
}
