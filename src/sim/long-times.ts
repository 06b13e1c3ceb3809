/** What takes weeks, with nothing else going wrong, so that what must come of it can be said exactly. */
import { DAY_MS, HOUR_MS, SECOND_MS } from '#base'
import { codesFor, wholeFrom } from '#dispersal'
import { JUMPS_MS } from './faults.ts'
import type { Town } from './town.ts'
import type { TownBox } from './town-box.ts'

/** With which a box notices that another is absent, and goes on without it (security rule 10). */
const ABSENT_MS = 49 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** For a few rounds: with a box away it never comes out whole. */
const ROUNDS_MS = 20 * SECOND_MS
const OWNERS_MAX = 3
/** 44 days to a purge; what clocks that jump and boxes that are off cost is waited for, too. */
const AGE_MS = 48 * DAY_MS
const REST_MS = 4 * DAY_MS
const BUDGET_BYTES = 2 ** 40

/** A box is off for one to three weeks: what others save meanwhile is whole on spare hosts, where there are any. */
export async function absence(town: Town): Promise<void> {
  const { clock, random, trace, boxes } = town
  const away = random.pick(boxes)
  const ms = WEEK_MS + random.below(2 * WEEK_MS)
  trace.fault('absence', away.name, ms)
  away.die(random.chance(0.5) ? 'power' : 'kill')
  const owners = random.shuffled(boxes.filter((box) => box !== away)).slice(0, OWNERS_MAX)
  for (const owner of owners) await saved(town, owner)
  await clock.sleep(ABSENT_MS)
  for (const owner of owners) {
    await saved(town, owner)
    checkSpares(town, owner, away)
  }
  await clock.sleep(ms - ABSENT_MS)
  await away.open()
  await clock.sleep(HOUR_MS)
}

async function saved(town: Town, box: TownBox): Promise<void> {
  box.workload.change()
  await town.snapshot(box)
  await town.disperse(box, ROUNDS_MS)
}

/** Only what the absent box holds, and what has too few hosts without it, may be less than whole. */
function checkSpares(town: Town, owner: TownBox, away: TownBox): void {
  const { vault, charter, reported } = owner
  if (reported === null) return
  const { data } = codesFor(charter, owner.id)
  const hosts = charter.members.length - 2
  const excused = [...vault.packs()].filter(({ id, class: packClass, released }) => {
    const placement = vault.placement(id)
    if (released || placement === undefined) return false
    return placement.rows.some(({ host }) => host === away.id) || wholeFrom(placement.code, packClass, data) > hosts
  })
  const { total, whole } = reported.stripes
  town.trace.note(owner.name, 'without', `${away.name}: ${whole} of ${total} whole, ${excused.length} excused`)
  if (whole + excused.length >= total) return
  town.fail(`${owner.name} without ${away.name}: ${whole} of ${total} stripes are whole, ${excused.length} may be less`)
}

/** Hosts that were asked to forget something live long enough to do it, while clocks jump. Whether there was anything. */
export async function age(town: Town): Promise<boolean> {
  const owners = town.boxes.filter((box) => [...box.vault.packs()].some(({ released }) => released))
  if (owners.length === 0) return false
  town.trace.fault('age', 'town', owners.length)
  for (const owner of owners) {
    await allow(town, owner)
    await town.disperse(owner)
  }
  await jumpClocks(town, town.clock.monotonic() + AGE_MS)
  for (const box of town.boxes) box.machine.wallAheadMs = 0
  await town.clock.sleep(REST_MS)
  const pending = town.boxes.reduce((sum, { watch }) => sum + watch.pending, 0)
  town.trace.note('town', 'aged', pending)
  if (pending > 0) town.trace.count('purge still waits')
  return true
}

/** People let it release as much as it wants to: brakes have tests of their own. */
async function allow({ boxes, random }: Town, { id: owner }: TownBox): Promise<void> {
  const other = random.pick(boxes.filter((box) => box.id !== owner))
  for (const packClass of ['data', 'metadata'] as const) {
    await other.call('release.approve', { owner, class: packClass, bytes: BUDGET_BYTES, lasting: true })
  }
}

async function jumpClocks({ clock, random, trace, boxes }: Town, untilMs: number): Promise<void> {
  for (;;) {
    const waitMs = random.below(6 * DAY_MS)
    if (clock.monotonic() + waitMs >= untilMs) return clock.sleep(untilMs - clock.monotonic())
    await clock.sleep(waitMs)
    const box = random.pick(boxes)
    const aheadMs = box.machine.wallAheadMs === 0 ? random.pick(JUMPS_MS) * (random.chance(0.7) ? 1 : -1) : 0
    trace.fault('clockJump', box.name, aheadMs)
    box.machine.wallAheadMs = aheadMs
    if (random.chance(0.7)) continue
    box.die(random.chance(0.5) ? 'power' : 'kill')
    await clock.sleep(random.below(2 * DAY_MS))
    await box.open()
  }
}
