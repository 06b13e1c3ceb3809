import { pathFromText } from '#base'
import { OpenedBox, recoverBoxIn } from '#box'
import { describe, type Town } from './town.ts'
import { restoreAndCompare, type TownBox } from './town-box.ts'
import { LeakSearch, tellTaleRuns } from './workload.ts'
import { BOX_FOLDER, Machine, type Program } from './world.ts'

const RESTORED_MAX = 6
/** Below, a dead host and a liar cannot be told apart (security rule 4). */
const BOXES_FOR_NEWEST_MIN = 6
const NOT_ABORTED = { signal: new AbortController().signal, onProgress: () => undefined }

/** Nothing that an owner saved stands in clear on any disk of a box, nor any name. */
export function searchLeaks(town: Town, owner: TownBox): void {
  const models = [...owner.acknowledged.values()]
  const runs = new Set(
    [models[0], models.at(-1)].flatMap((model) => (model === undefined ? [] : [...tellTaleRuns(model)])),
  )
  const search = new LeakSearch(runs)
  for (const { machine } of town.boxes) {
    const leak = machine.whileIgnored(() => search.below(machine.disk, pathFromText('/data')))
    if (leak !== null) town.fail(`${machine.name} has content or a name of ${owner.name} in clear: ${leak}`)
  }
}

/** Destroys an owner that was promised safety, and as many hosts as it was promised for; brings everything back. */
export async function disaster(town: Town, owner: TownBox): Promise<void> {
  if (owner.promised === null) return town.trace.count('owner was never protected')
  if (lostBy(owner).size > town.code.n - town.code.k) return town.trace.count('more was lost than was promised')
  const dead = victimsOf(town, owner)
  const survivors = town.boxes.filter((box) => box !== owner && !dead.includes(box))
  town.trace.fault('destroyed', owner.name, dead.map(({ name }) => name).join(','))
  for (const box of [owner, ...dead]) box.die('power')
  const contact = town.random.pick(survivors)
  const who = `${owner.name} after ${owner.promised?.state}, without ${dead.map(({ name }) => name).join(', ')}`
  try {
    await recover(town, owner, contact, who)
  } catch (error) {
    town.fail(`recovery of ${who}: ${describe(error)}`)
  }
}

/** Hosts that keep less of this owner than it was promised for: members no more, or with flipped bits. */
function lostBy({ damagedHosts, gone }: TownBox): Set<string> {
  return damagedHosts.union(new Set(gone.keys()))
}

/** As many hosts as the code allows, those with flipped bits counted; a stripe that is only protected allows half. */
function victimsOf(town: Town, owner: TownBox): TownBox[] {
  const { n, k } = town.code
  const allowed = owner.promised?.state === 'whole' ? n - k : Math.ceil((n - k) / 2)
  const others = town.random.shuffled(town.boxes.filter((box) => box !== owner))
  return others.slice(0, Math.max(0, allowed - lostBy(owner).size))
}

async function recover(town: Town, owner: TownBox, contact: TownBox, who: string): Promise<void> {
  const machine = new Machine(town, owner.name, `${owner.name} again`)
  const program = machine.start()
  const request = { words: owner.words, peers: [contact.address] }
  const found = await program.run(recoverBoxIn(program.world, BOX_FOLDER, request, NOT_ABORTED))
  town.trace.note(owner.name, 'recovered', `head=${found.head.number} newest=${found.newest}`)
  if (found.box !== owner.id) town.fail(`recovery of ${who} found another box`)
  if (found.head.number < (owner.promised?.head ?? 0)) town.fail(`recovery of ${who} found an old head`)
  // A head counts by the members of its day.
  if (!found.newest && town.membership.changes === 0 && town.boxes.length >= BOXES_FOR_NEWEST_MIN) {
    town.fail(`recovery of ${who} does not know whether head ${found.head.number} is the newest`)
  }
  await using box = await program.run(OpenedBox.open(program.world, BOX_FOLDER))
  await restoreAll(town, owner, { machine, program, box }, who)
}

interface Recovered {
  readonly machine: Machine
  readonly program: Program
  readonly box: OpenedBox
}

async function restoreAll(
  town: Town,
  owner: TownBox,
  { machine, program, box }: Recovered,
  who: string,
): Promise<void> {
  const { items } = await program.run(box.call('snapshot.list', {}, NOT_ABORTED))
  const there = new Set(items.map(({ id }) => id))
  const promised = owner.promised?.snapshots ?? []
  for (const id of promised) if (!there.has(id)) town.fail(`recovery of ${who} has lost the snapshot ${id}`)
  const newest = promised.at(-1)
  const sample = town.random.shuffled(promised.slice(0, -1)).slice(0, RESTORED_MAX - 1)
  const caller: Pick<TownBox, 'call'> = { call: (name, args) => program.run(box.call(name, args, NOT_ABORTED)) }
  for (const [number, id] of [...sample, ...(newest === undefined ? [] : [newest])].entries()) {
    const model = owner.acknowledged.get(id)
    if (model === undefined || !there.has(id)) continue
    const wrong = await restoreAndCompare(caller, machine, { id, model, number })
    town.trace.note(owner.name, 'restored', `${id} ${wrong ?? 'identical'}`)
    if (wrong !== null) town.fail(`recovery of ${who}: ${wrong}`)
    town.trace.count('restored after disaster')
  }
}
