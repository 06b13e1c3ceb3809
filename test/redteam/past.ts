/** What a thief finds: an owner whose five hosts have kept its fragments, log, keyring and heads for weeks. */
import { DAY_MS, HOUR_MS, joinPath, pathFromText, readWhole } from '#base'
import { encodeRelease, encodeSigned, type LogEnd, type Signed } from '#crypto'
import { fragmentName } from '../../src/dispersal/fragment-file.ts'
import { FRAGMENT_FILE_BYTES_MAX } from '../../src/dispersal/limits.ts'
import type { Incarnation } from '../../src/dispersal/protocol.ts'
import { sign, type VerifiedHead } from '../../src/dispersal/statements.ts'
import { FakeOwner, HOSTING, hostsOf, type Town, town } from '../../src/dispersal/test-town.ts'
import { type DiskImage, imageOf, putBack } from '../../src/sim/disk-image.ts'

export const HOSTS = 5
export type PackClass = 'data' | 'metadata'
const signal = new AbortController().signal
const DATA = pathFromText('/data')
/** Metadata that was younger than this when the thief began is no part of what is promised. */
const YOUNG_MS = 48 * HOUR_MS

export interface KeptRow {
  /** Index of the host in its town. */
  readonly host: number
  readonly row: number
  readonly file: Uint8Array
}

export interface KeptStripe {
  readonly stripe: string
  readonly class: PackClass
  readonly packBytes: number
  readonly k: number
  readonly young: boolean
  readonly rows: readonly KeptRow[]
}

export interface Past {
  readonly seed: string
  readonly images: readonly DiskImage[]
  readonly atMs: number
  readonly stripes: readonly KeptStripe[]
  readonly frames: readonly Uint8Array[]
  readonly log: LogEnd
  readonly keyring: Uint8Array
  readonly heads: readonly Signed[]
  readonly newest: VerifiedHead
  readonly incarnation: Incarnation
  /** The owner released something in each of the last weeks, too. */
  readonly rhythm: boolean
}

/** Days on which the owner saved something: data and metadata packs. */
const SAVES: readonly (readonly [day: number, data: number, metadata: number])[] = [
  [0, 30, 9],
  [9, 1, 1],
  [24, 1, 0],
  [50, 1, 1],
  [72, 1, 0],
  [75, 0, 2],
]
export const PAST_DAYS = 76

/** The same number gives the same past. */
export async function pastOf(number: number): Promise<Past> {
  const seed = `past ${number}`
  const place = await town(seed, HOSTS + 1)
  const owner = new FakeOwner(place, 0)
  const putAt = new Map<string, number>()
  const rhythm = number % 3 === 2
  for (let day = 0; day < PAST_DAYS; day++) {
    const save = SAVES.find(([on]) => on === day)
    if (save !== undefined) await saveSome(owner, save, putAt)
    if (day === 34 || (rhythm && day > 34 && day % 7 === 0)) await releaseSmallest(owner, day)
    await liveADay(place)
  }
  const heads = owner.heads.run(0, owner.heads.newest?.head.number ?? 0, 1000)
  return {
    seed,
    rhythm,
    images: place.boxes.slice(1).map(({ disk }) => imageOf(disk, DATA, '')),
    atMs: place.clock.monotonic(),
    stripes: [...owner.placed.keys()]
      .filter((stripe) => !owner.released.has(stripe))
      .map((stripe) => keptStripe(owner, stripe, (putAt.get(stripe) ?? 0) > place.clock.monotonic() - YOUNG_MS)),
    frames: owner.log.frameList,
    log: owner.log.end(),
    keyring: owner.keyring,
    heads,
    newest: owner.heads.newest as VerifiedHead,
    incarnation: owner.heads.incarnation as Incarnation,
  }
}

async function saveSome(
  owner: FakeOwner,
  [, data, metadata]: readonly [number, number, number],
  putAt: Map<string, number>,
) {
  const { random, clock } = owner.place
  for (let index = 0; index < data; index++) putAt.set(owner.addPack(16_000 + random.below(8000)), clock.monotonic())
  for (let index = 0; index < metadata; index++) {
    putAt.set(owner.addPack(4000 + random.below(2000), 'metadata'), clock.monotonic())
  }
  const { state } = await owner.disperse()
  // What was placed is in the log since; the next round tells of it.
  await owner.disperse()
  if (state !== 'whole') throw new Error(`a past begins ${state}`)
}

/** Retention of every day: a little goes, by the owner's own will. */
async function releaseSmallest(owner: FakeOwner, number: number): Promise<void> {
  const { signer, place } = owner
  const left = [...owner.packs.values()].filter(({ info }) => info.class === 'data' && !owner.released.has(info.id))
  const [least] = left.sort((a, b) => a.info.bytes - b.info.bytes)
  if (least === undefined) return
  owner.released.add(least.info.id)
  const at = place.clock.wall()
  const stripes = [least.info.id]
  const body = encodeRelease({ format: 1, owner: signer.box, epoch: signer.epoch, number, stripes, log: null, at })
  const request = { method: 'POST' as const, path: `/v1/owners/${signer.box}/releases` }
  for (const host of place.boxes.slice(1)) {
    const session = await place.clock.run(hostsOf(place, owner.box).session(host.signer.box, signal))
    const signed = Uint8Array.from(encodeSigned(sign(signer, 'release', body)))
    await place.clock.run(session.request({ ...request, body: signed }, signal))
  }
}

export async function liveADay(place: Town): Promise<void> {
  await place.clock.runFor(DAY_MS)
  for (const { hosting } of place.boxes.slice(1)) await hosting.look(signal)
}

function keptStripe({ place, placed, signer }: FakeOwner, stripe: string, young: boolean): KeptStripe {
  const known = placed.get(stripe)
  if (known === undefined) throw new Error('a stripe was placed')
  const rows = known.rows.map(({ row, host }) => {
    const index = place.boxes.findIndex((one) => one.signer.box === host)
    const folder = joinPath(HOSTING, signer.box, 'fragments', stripe.slice(0, 2))
    const file = readWhole(place.box(index).disk, joinPath(folder, fragmentName(stripe, row)), FRAGMENT_FILE_BYTES_MAX)
    return { host: index, row, file }
  })
  const { class: packClass, packBytes, code } = known
  return { stripe, class: packClass, packBytes, k: code.k, young: young && packClass === 'metadata', rows }
}

/** The town as it was when the thief came. */
export async function townOf(past: Past): Promise<Town> {
  return await townAt(past.seed, past.atMs, past.images)
}

async function townAt(seed: string, atMs: number, images: readonly DiskImage[]): Promise<Town> {
  const place = await town(seed, HOSTS + 1)
  await place.clock.run(atMs)
  for (const [index, image] of images.entries()) {
    putBack(place.box(index + 1).disk, DATA, image, '')
    place.reopen(index + 1)
  }
  return place
}
