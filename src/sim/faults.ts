import { DAY_MS, HOUR_MS, ignoring, joinPath, MINUTE_MS, pathFromText } from '#base'
import { linkDefaults, type MemoryNet, type SimClock, type SimRandom } from '#base/sim'
import type { TownBox } from './town-box.ts'
import type { Trace } from './trace.ts'
import { BOX_FOLDER, type Death } from './world.ts'

/** What faults need of the town. */
export interface Victims {
  readonly clock: SimClock
  readonly net: MemoryNet
  readonly random: SimRandom
  readonly trace: Trace
  readonly boxes: readonly TownBox[]
  /** In how many hosts of one owner bits may flip, so that what was promised can still be kept. */
  readonly damagedHostsMax: number
  /** Kills a box and starts it again after a while. */
  crash(box: TownBox, death: Death, offMs: number): void
  /** Kills a box, puts back the copy of its disk and starts it again. */
  putBack(box: TownBox, copy: () => void): void
  later(ms: number, act: () => void): void
  /** The town is cut in two for a while: people on both sides go on. */
  cutInTwo(sides: readonly [readonly TownBox[], readonly TownBox[]]): void
  /** Virtual time that is left for trouble. */
  leftMs(): number
}

const FAULTS_A_DAY = 2
const WEEK_MS = 7 * DAY_MS
/** Disk calls between the moment a seed wants a power cut and the cut: somewhere in the next cycle. */
const CALLS_TO_POWER_CUT_MAX = 400

/** Does something bad to the town now and then, until `untilMs`. */
export async function plague(town: Victims, untilMs: number): Promise<void> {
  const kinds = [
    powerCut,
    powerCut,
    powerCut,
    powerCut,
    off,
    off,
    off,
    slowLink,
    lossyLink,
    lossyLink,
    partition,
    flipBit,
    flipBit,
    fullDisk,
    diskPutBack,
    clockJump,
    clockJump,
    clockJump,
    weeksAway,
  ]
  for (;;) {
    const waitMs = (town.random.fraction() * 2 * DAY_MS) / FAULTS_A_DAY
    if (town.clock.monotonic() + waitMs >= untilMs) return
    await town.clock.sleep(waitMs)
    town.random.pick(kinds)(town)
  }
}

/** Everything as it should be: links, disks, no power cut on its way. */
export function heal({ net, boxes }: Victims): void {
  net.healAll()
  for (const box of boxes) {
    box.machine.disk.capacityBytes = CAPACITY_BYTES
    box.machine.cutPowerAfter(Number.POSITIVE_INFINITY)
    box.machine.wallAheadMs = 0
    for (const other of boxes) net.setLink(box.name, other.name, linkDefaults)
  }
}

const CAPACITY_BYTES = 2 ** 40

function powerCut({ random, trace, boxes }: Victims): void {
  const box = random.pick(boxes)
  const calls = 1 + random.below(CALLS_TO_POWER_CUT_MAX)
  trace.fault('powerCut', box.name, calls)
  box.machine.cutPowerAfter(calls)
}

function off({ random, trace, boxes, crash }: Victims): void {
  const box = random.pick(boxes)
  const offMs = HOUR_MS + random.below(30 * HOUR_MS)
  const death = random.chance(0.5) ? 'power' : 'kill'
  trace.fault('off', box.name, `${death} ${offMs}`)
  crash(box, death, offMs)
}

function slowLink({ net, random, trace, boxes, later }: Victims): void {
  const [a, b] = pairOf(random, boxes)
  trace.fault('slowLink', a, b)
  const latencyMs = 100 + random.below(1_500)
  net.setLink(a, b, { latencyMs, jitterMs: latencyMs / 2, bytesPerSecond: 2_000 + random.below(50_000) })
  later(random.below(2 * DAY_MS), () => net.setLink(a, b, linkDefaults))
}

function lossyLink({ net, random, trace, boxes, later }: Victims): void {
  const [a, b] = pairOf(random, boxes)
  trace.fault('lossyLink', a, b)
  net.setLink(a, b, { stallChance: 0.001 + 0.05 * random.fraction() })
  later(random.below(2 * DAY_MS), () => net.setLink(a, b, linkDefaults))
}

/** Hours to days; whoever hears of half of the others only goes on with them. */
function partition({ net, random, trace, boxes, later, cutInTwo }: Victims): void {
  const shuffled = random.shuffled(boxes)
  const cutOff = shuffled.slice(0, 1 + random.below(boxes.length - 1))
  const others = shuffled.slice(cutOff.length)
  const pairs = cutOff.flatMap((one) => others.map((other) => [one.name, other.name] as const))
  trace.fault('partition', cutOff.map(({ name }) => name).join(','))
  for (const [a, b] of pairs) net.cut(a, b)
  later(HOUR_MS + random.below(random.chance(0.25) ? 5 * DAY_MS : DAY_MS), () => {
    for (const [a, b] of pairs) net.heal(a, b)
  })
  cutInTwo([cutOff, others])
}

/** One to three weeks, as long as the town has them. */
function weeks({ random, leftMs }: Victims): number | null {
  const ms = WEEK_MS + random.below(2 * WEEK_MS)
  return leftMs() < WEEK_MS ? null : Math.min(ms, leftMs())
}

function weeksAway(town: Victims): void {
  if (town.random.chance(0.5)) weeksOff(town)
  else weeksCutOff(town)
}

function weeksOff(town: Victims): void {
  const { random, trace, boxes, crash } = town
  const box = random.pick(boxes)
  const offMs = weeks(town)
  if (offMs === null) return
  trace.fault('weeksOff', box.name, offMs)
  crash(box, random.chance(0.5) ? 'power' : 'kill', offMs)
}

/** Its own line: it runs, and lives time, and hears nobody. */
function weeksCutOff(town: Victims): void {
  const { net, random, trace, boxes, later } = town
  const box = random.pick(boxes)
  const ms = weeks(town)
  if (ms === null) return
  trace.fault('weeksCutOff', box.name, ms)
  const others = boxes.filter((other) => other !== box).map(({ name }) => name)
  for (const other of others) net.cut(box.name, other)
  later(ms, () => {
    for (const other of others) net.heal(box.name, other)
  })
}

export const JUMPS_MS = [3652 * DAY_MS, 45 * DAY_MS, 3 * DAY_MS, 5 * HOUR_MS]

/**
 * A wall clock is set wrong, while the box runs or is off, and comes right after a while or not before the calm day.
 * Never those of half of the boxes at once: what most clocks say is what a community takes for the time.
 */
function clockJump(town: Victims): void {
  const { random, trace, boxes, later, crash } = town
  const box = random.pick(boxes)
  const wrong = boxes.filter(({ machine }) => machine.wallAheadMs !== 0 && machine !== box.machine).length
  if (2 * (wrong + 1) >= boxes.length) return
  const ms = random.pick(JUMPS_MS) * (random.chance(0.5) ? 1 : -1)
  const off = random.chance(0.3)
  trace.fault('clockJump', box.name, `${ms} ${off ? 'off' : 'on'}`)
  if (off) crash(box, random.chance(0.5) ? 'power' : 'kill', HOUR_MS + random.below(DAY_MS))
  const set = (aheadMs: number) => {
    box.machine.wallAheadMs = aheadMs
  }
  set(ms)
  if (random.chance(0.6)) later(HOUR_MS + random.below(4 * DAY_MS), () => set(0))
}

/** One bit of one fragment, in at most as many hosts of an owner as may fail. */
function flipBit({ random, trace, boxes, damagedHostsMax }: Victims): void {
  const [owner, host] = random.shuffled(boxes)
  if (owner === undefined || host === undefined) return
  if (owner.damagedHosts.size >= damagedHostsMax && !owner.damagedHosts.has(host.id)) return
  const { disk } = host.machine
  const fragments = joinPath(BOX_FOLDER, 'hosting', owner.id, 'fragments')
  const calm = host.machine.whileIgnored(() =>
    (ignoring(['ENOENT'], () => disk.list(fragments)) ?? []).flatMap((prefix) =>
      disk.list(joinPath(fragments, prefix)).map((name) => joinPath(fragments, prefix, name)),
    ),
  )
  const files = calm.filter((path) => /\.\d+$/.test(path))
  if (files.length === 0) return
  const path = random.pick(files)
  owner.damagedHosts.add(host.id)
  trace.fault('flippedBit', host.name, path)
  host.watch.noteFlip(path)
  disk.damage(pathFromText(path), (bytes) => {
    const at = random.below(Math.max(1, bytes.byteLength))
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  })
}

function fullDisk({ random, trace, boxes, later }: Victims): void {
  const box = random.pick(boxes)
  const { disk } = box.machine
  const freeBytes = random.below(100_000)
  trace.fault('fullDisk', box.name, freeBytes)
  disk.capacityBytes = disk.usedBytes + freeBytes
  later(30 * MINUTE_MS + random.below(DAY_MS), () => {
    disk.capacityBytes = CAPACITY_BYTES
  })
}

/** As people do with virtual machines, or with a disk that begins to fail: not with what the box keeps for others. */
function diskPutBack({ random, trace, boxes, later, putBack }: Victims): void {
  const box = random.pick(boxes)
  const afterMs = HOUR_MS + random.below(3 * DAY_MS)
  if (!box.isOpen || box.forgotten.size > 0) return
  const copy = box.copyDisk()
  later(afterMs, () => {
    trace.fault('diskPutBack', box.name, afterMs)
    putBack(box, copy)
  })
}

function pairOf(random: SimRandom, boxes: readonly TownBox[]): [string, string] {
  const [a, b] = random.shuffled(boxes)
  return [a?.name ?? '', b?.name ?? '']
}
