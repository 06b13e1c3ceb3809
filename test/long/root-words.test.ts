import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND_MS } from '#base'
import { simRandom } from '#base/sim'
import { OpenedBox } from '../../src/box/opened-box.ts'
import { addReleases } from '../../src/box/operations/releases.ts'
import type { RootApplied, RootRequestArguments } from '../../src/box/operations.ts'
import { signRootRequest } from '../../src/box/root-requests.ts'
import { BOX_FOLDER, BoxTown, CONTEXT, type TestBox } from '../../src/box/test-town.ts'

interface Robbed {
  readonly town: BoxTown
  /** Its key and its folder are in wrong hands from now on; the words are not. */
  readonly owner: TestBox
  readonly hosts: TestBox[]
  readonly content: Uint8Array
  readonly snapshot: string
  /** The last good head. */
  readonly head: number
}

async function robbed(seed: string): Promise<Robbed> {
  const town = new BoxTown(seed)
  const [owner, ...hosts] = (await town.founded(5)) as [TestBox, ...TestBox[]]
  const content = simRandom(seed).bytes(60_000)
  const snapshot = await town.save(owner, 'papers', content)
  const head = owner.box.heads.newest?.head.number ?? 0
  await town.clock.runFor(SECOND_MS)
  return { town, owner, hosts, content, snapshot, head }
}

/** As people do it: asked on one member's box, signed where the words are, handed in on another member's box. */
async function said(
  { town, owner, hosts }: Robbed,
  args: RootRequestArguments,
): Promise<{ answer: Uint8Array; applied: Exclude<RootApplied, { applied: 'epoch' }> }> {
  const [first] = hosts
  assert.ok(first)
  const { request, trouble } = await town.call(first.box, 'root.request', args)
  assert.deepEqual(trouble, [])
  const answer = signRootRequest(town.random, Buffer.from(request, 'base64'), owner.words)
  return { answer, applied: await apply(town, hosts[1], answer) }
}

async function apply(
  town: BoxTown,
  at: TestBox | undefined,
  answer: Uint8Array,
): Promise<Exclude<RootApplied, { applied: 'epoch' }>> {
  assert.ok(at)
  const applied = await town.call(at.box, 'root.apply', { statement: Buffer.from(answer).toString('base64') })
  assert.ok(applied.applied !== 'epoch')
  return applied
}

/** What each host has of the owner, held and released. */
async function kept({ town, owner, hosts }: Robbed) {
  const all: { held: number; released: number }[] = []
  for (const { box } of hosts) {
    const { owners } = await town.call(box, 'hosting.show', {})
    const one = owners.find(({ box: id }) => id === owner.box.settings.box)
    all.push({ held: one?.heldBytes ?? 0, released: one?.releasedBytes ?? 0 })
  }
  return all
}

async function isBack({ town, owner, content, snapshot }: Robbed, before: string | undefined): Promise<void> {
  await town.run(owner.box[Symbol.asyncDispose]())
  const machine = town.machine('new')
  const more = before === undefined ? {} : { before }
  await town.recover(machine, { words: owner.words, peers: ['box-1:4600'], ...more })
  const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  assert.deepEqual(Buffer.from(await town.restored(machine, box, snapshot)), Buffer.from(content))
}

async function releaseAll({ town, owner }: Robbed): Promise<void> {
  const packs = [...owner.box.vault.packs()].map(({ id }) => id)
  await town.clock.run(addReleases(owner.box, { packs }, CONTEXT))
}

test('a thief with the key of the box releases all of it; root’s undo brings all back on every host', async () => {
  const place = await robbed('undo')
  const { town, owner, hosts } = place
  const id = owner.box.settings.box
  const before = await kept(place)
  // He found a budget that root had given for something else, so that no brake holds him back.
  for (const packClass of ['data', 'metadata'] as const) {
    const args = { kind: 'brake-budget', owner: id, class: packClass, bytes: 10_000_000, lasting: true } as const
    assert.equal((await said(place, args)).applied.hosts.length, hosts.length)
  }
  await releaseAll(place)
  for (const { held, released } of await kept(place)) assert.ok(held === 0 && released > 0)

  const { answer, applied } = await said(place, { kind: 'undo', owner: id })
  assert.deepEqual([applied.applied, applied.hosts.length, applied.trouble], ['undo', hosts.length, []])
  assert.ok(applied.fragments >= hosts.length && applied.bytes === before.reduce((sum, { held }) => sum + held, 0))
  assert.deepEqual(await kept(place), before)
  const again = await apply(town, hosts[2], answer)
  assert.deepEqual([again.fragments, again.bytes, again.trouble], [0, 0, []], 'applied twice it changes nothing')

  // He still has the key, and does it again: the old word does not reach that, and says so.
  await town.clock.runFor(SECOND_MS)
  await town.call(owner.box, 'release.cancel', { packs: [] })
  await releaseAll(place)
  const late = await apply(town, hosts[1], answer)
  assert.deepEqual([late.fragments, late.trouble.map(({ code }) => code)], [0, hosts.map(() => 'RELEASE_LATER')])
  const { applied: second } = await said(place, { kind: 'undo', owner: id })
  assert.deepEqual([second.trouble, await kept(place)], [[], before])
  await isBack(place, undefined)
})

test('what a thief put after the last good head goes at once, what was there before stays', async () => {
  const place = await robbed('condemn')
  const { town, owner, hosts, head } = place
  const id = owner.box.settings.box
  const before = await kept(place)
  const lastGood = new Date(owner.box.heads.newest?.head.at ?? 0).toISOString()
  await town.save(owner, 'ransom note', simRandom('ransom').bytes(90_000))
  for (const [index, { held }] of (await kept(place)).entries()) assert.ok(held > (before[index]?.held ?? 0))

  const { heads } = await town.call(hosts[0]?.box ?? owner.box, 'root.heads', { owner: id })
  assert.ok(heads.some(({ number }) => number === head) && (heads[0]?.number ?? 0) > head)
  const { answer, applied } = await said(place, { kind: 'condemn', owner: id, head })
  assert.deepEqual([applied.applied, applied.hosts.length, applied.trouble], ['condemn', hosts.length, []])
  assert.ok(applied.fragments >= hosts.length)
  assert.deepEqual(await kept(place), before)

  // It ended when it came: what the owner puts later is its own again.
  await town.clock.runFor(SECOND_MS)
  assert.equal((await town.call(owner.box, 'disperse', { waitMs: 0 })).state, 'whole')
  const later = await kept(place)
  const again = await apply(town, hosts[3], answer)
  assert.deepEqual([again.fragments, again.trouble], [0, []])
  assert.deepEqual(await kept(place), later)
  await isBack(place, lastGood)
})

test('a box that is back condemns what the thief put with its old key, and nothing that it put with its new one', async () => {
  const place = await robbed('back')
  const { town, owner, hosts, head, content, snapshot } = place
  const lastGood = new Date(owner.box.heads.newest?.head.at ?? 0).toISOString()
  const held = async () => (await kept(place)).map((one) => one.held)
  const before = await held()
  await town.save(owner, 'ransom note', simRandom('ransom').bytes(90_000))
  const ransom = (await held()).map((bytes, index) => bytes - (before[index] ?? 0))
  assert.ok(ransom.every((bytes) => bytes > 0))

  await town.run(owner.box[Symbol.asyncDispose]())
  const machine = town.machine('new')
  await town.recover(machine, { words: owner.words, peers: ['box-1:4600'], before: lastGood })
  const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  const mine = await town.save({ ...owner, ...machine, box }, 'new papers', content)
  const both = await held()

  const { request } = await town.call(box, 'root.request', { kind: 'condemn', owner: null, head })
  const answer = signRootRequest(town.random, Buffer.from(request, 'base64'), owner.words)
  const applied = await apply(town, hosts[1], answer)
  assert.deepEqual([applied.hosts.length, applied.trouble], [hosts.length, []])
  const left = both.map((bytes, index) => bytes - (ransom[index] ?? 0))
  assert.deepEqual(await held(), left)
  assert.equal((await town.call(box, 'disperse', { waitMs: 0 })).state, 'whole')
  assert.deepEqual(await held(), left, 'nothing was missing')
  for (const id of [snapshot, mine]) {
    assert.deepEqual(Buffer.from(await town.restored(machine, box, id)), Buffer.from(content))
  }
})
