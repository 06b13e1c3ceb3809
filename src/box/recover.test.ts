import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, ensureFolder, joinPath, MINUTE_MS, utf8 } from '#base'
import { boxKeysFromSeed, decodeEpoch, entropyFromWords, issueCertificate, rootKeysFromEntropy } from '#crypto'
import { OpenedBox } from './opened-box.ts'
import { BOX_FOLDER, BoxTown, burnt, type Machine, type TestBox, treeOf, write } from './test-town.ts'

const peers = ['box-1:4600']

function marker(town: BoxTown, words: string, role: 'box' | 'recovery'): Uint8Array {
  const root = rootKeysFromEntropy(entropyFromWords(words))
  const { publicKey } = boxKeysFromSeed(town.random.bytes(32))
  const claims = { box: '0'.repeat(32), organisation: root.organisation, epoch: 1, role, publicKey }
  return issueCertificate(root, claims, town.random)
}

/** Files at those paths below the folder that is to be recovered into. */
function lay(machine: Machine, files: Record<string, Uint8Array>): void {
  ensureFolder(machine.disk, BOX_FOLDER)
  for (const [path, bytes] of Object.entries(files)) {
    const [folder = '', name] = path.split('/')
    if (name !== undefined) ensureFolder(machine.disk, joinPath(BOX_FOLDER, folder))
    write(machine.disk, joinPath(BOX_FOLDER, path), bytes)
  }
}

test('no marker makes a recovery wipe a folder that is not its own', async () => {
  const { town, owner, hosts } = await burnt('marker', 2)
  const foreign = (hosts[0] as TestBox).words
  const own = marker(town, owner.words, 'recovery')
  const theirs = utf8('not a backup of this')
  const folders: Record<string, Record<string, Uint8Array>> = {
    'by nobody': { recovering: utf8('A recovery by Datis was begun in this folder.\n'), 'vault/photo': theirs },
    'by other words': { recovering: marker(town, foreign, 'recovery'), 'keys/photo': theirs },
    'a certificate of a box': { recovering: marker(town, owner.words, 'box'), 'vault/photo': theirs },
    'cut off': { recovering: own.subarray(0, own.byteLength - 1), 'vault/photo': theirs },
    'beside files of people': { recovering: own, photo: theirs, 'vault/pack': theirs },
    'over what is kept for others': { recovering: own, 'hosting/store.cbor': theirs, 'vault/pack': theirs },
    'in a box': { recovering: own, 'box.cbor': theirs, 'keys/box.seed': theirs },
    'without a marker': { 'vault/photo': theirs },
    'with the beginning of one': { 'recovering.tmp': own, 'vault/photo': theirs },
  }
  for (const [name, files] of Object.entries(folders)) {
    const machine = town.machine(`new ${name}`)
    lay(machine, files)
    const before = treeOf(machine.disk, BOX_FOLDER)
    await assert.rejects(town.recover(machine, { words: owner.words, peers }), { code: 'FOLDER_NOT_EMPTY' }, name)
    assert.deepEqual(treeOf(machine.disk, BOX_FOLDER), before, name)
  }
})

test('a marker of our own recovery over what it had written lets another one start over', async () => {
  const { town, owner, content, snapshot } = await burnt('own marker', 2)
  const machine = town.machine('new')
  lay(machine, {
    recovering: marker(town, owner.words, 'recovery'),
    'vault/half': utf8('x'),
    'box.cbor.tmp': utf8('y'),
  })
  await town.recover(machine, { words: owner.words, peers })
  assert.ok(!(machine.disk.list(BOX_FOLDER) as string[]).includes('recovering'))
  await using box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  assert.deepEqual(await town.restored(machine, box, snapshot), content)
})

test('the beginning of a marker, alone in a folder, is one that power cut off', async () => {
  const { town, owner, content, snapshot } = await burnt('half a marker', 2)
  const machine = town.machine('new')
  lay(machine, { 'recovering.tmp': marker(town, owner.words, 'recovery').subarray(0, 100) })
  await town.recover(machine, { words: owner.words, peers })
  await using box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  assert.deepEqual(await town.restored(machine, box, snapshot), content)
})

test('a metadata pack that cannot be had costs what it holds: it is reported, and the rest comes back', async () => {
  const town = new BoxTown('missing')
  const [owner, ...hosts] = (await town.founded(4)) as [TestBox, ...TestBox[]]
  const first = town.random.bytes(20_000)
  const kept = await town.save(owner, 'papers', first)
  const before = new Set(metadataOf(owner.box))
  const lost = await town.save(owner, 'photos', town.random.bytes(20_000))
  const gone = metadataOf(owner.box).filter((id) => !before.has(id))
  assert.ok(gone.length > 0)
  const { box: id } = owner.box.settings
  await town.run(owner.box[Symbol.asyncDispose]())
  for (const { disk } of hosts) {
    for (const stripe of gone) {
      const folder = joinPath(BOX_FOLDER, 'hosting', id, 'fragments', stripe.slice(0, 2))
      for (const name of list(disk, folder)) if (name.startsWith(stripe)) disk.removeFile(joinPath(folder, name))
    }
  }
  const machine = town.machine('new')
  const result = await town.recover(machine, { words: owner.words, peers })
  assert.deepEqual([...result.missing].sort(), [...gone].sort())
  assert.ok(machine.events.includes('recovery.pack.missing'))
  await using box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  const { items } = await town.call(box, 'snapshot.list', {})
  assert.deepEqual(items.map((item) => item.id).sort(), [kept, lost].sort())
  assert.deepEqual(await town.restored(machine, box, kept), first)
  await assert.rejects(town.restored(machine, box, lost))
})

function metadataOf(box: OpenedBox): string[] {
  return [...box.vault.packs()].filter((pack) => pack.class === 'metadata').map(({ id }) => id)
}

function list(disk: TestBox['disk'], folder: Parameters<TestBox['disk']['list']>[0]): string[] {
  try {
    return disk.list(folder)
  } catch (error) {
    assert.equal(codeOf(error), 'ENOENT')
    return []
  }
}

test('two recoveries by the same words that meet different members never sign the same epoch', async () => {
  const { town, owner } = await burnt('epochs', 4)
  const epochs: number[] = []
  await town.clock.runFor(MINUTE_MS - (town.clock.wall() % MINUTE_MS))
  const begun = town.clock.wall()
  for (const [name, met] of [
    ['one', [1, 2]],
    ['two', [3, 4]],
  ] as const) {
    const machine = town.machine(name)
    for (const host of [1, 2, 3, 4]) if (!(met as readonly number[]).includes(host)) town.net.cut(name, `box-${host}`)
    await town.recover(machine, { words: owner.words, peers: met.map((host) => `box-${host}:4600`) })
    const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
    const statement = box.epochStatement
    assert.ok(statement)
    assert.equal(decodeEpoch(statement.body).epoch, box.settings.epoch)
    epochs.push(box.settings.epoch)
    await town.run(box[Symbol.asyncDispose]())
  }
  assert.ok((epochs[0] ?? 0) < (epochs[1] ?? 0), `${epochs}`)
  assert.ok(town.clock.wall() - begun < MINUTE_MS, 'both were in one minute')
})

test('a recovery says whom it asked, who holds what is its own, and who was not reached', async () => {
  const { town, owner, hosts } = await burnt('members', 4)
  const [, silent] = hosts as [TestBox, TestBox]
  const machine = town.machine('new')
  town.net.cut('new', silent.name)
  const { members } = await town.recover(machine, { words: owner.words, peers })
  assert.deepEqual(
    members.map(({ name, state }) => [name, state]).sort(),
    hosts.map(({ name }) => [name, name === silent.name ? 'silent' : 'holds']).sort(),
    'the burnt box itself is not among them',
  )
})
