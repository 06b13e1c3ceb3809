import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, concatBytes, joinPath } from '#base'
import { type MemoryDisk, simRandom } from '#base/sim'
import { foldersOf } from './data-folder.ts'
import { OpenedBox } from './opened-box.ts'
import { areKeysSealed, PrivateFiles } from './private-files.ts'
import { BOX_FOLDER, BoxTown, burnt, type Machine, read, type TestBox, treeOf, write } from './test-town.ts'

const PASSPHRASE = 'five words with no relation'
/** Nobody guesses here. */
const CHEAP = { memory: 128, passes: 1, parallelism: 1 }
const KEYS = foldersOf(BOX_FOLDER).keys

const SERVER = {
  ...{ host: 'mail.x.org', port: 465, implicitTls: true },
  ...{ user: 'me', password: 'open sesame', from: 'box@x.org' },
}

async function closed(town: BoxTown, { box }: TestBox): Promise<void> {
  await town.run(box[Symbol.asyncDispose]())
}

async function codeOfOpening(town: BoxTown, machine: Machine, passphrase: string | null): Promise<string> {
  try {
    const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER, passphrase))
    await town.run(box[Symbol.asyncDispose]())
    return 'opened'
  } catch (error) {
    return codeOf(error)
  }
}

function names(disk: MemoryDisk): string[] {
  return (disk.list(KEYS) as string[]).sort()
}

test('sealed keys open with their passphrase alone, and nothing of them is left in clear', async () => {
  const town = new BoxTown('sealed')
  const made = await town.create('one')
  await town.call(made.box, 'mail.set', { server: SERVER })
  assert.deepEqual(await town.call(made.box, 'keys.show', {}), { keysSealed: false })
  const secrets = [read(made.disk, joinPath(KEYS, 'box.seed')), read(made.disk, joinPath(KEYS, 'keyring.cbor'))]
  // What a crash left of an earlier write.
  write(made.disk, joinPath(KEYS, 'box.seed.tmp'), secrets[0] as Uint8Array)
  await assert.rejects(town.call(made.box, 'keys.seal', { passphrase: 'too short' }), { code: 'PASSPHRASE_WEAK' })
  await assert.rejects(town.call(made.box, 'keys.seal', { passphrase: 'abababababababab' }), {
    code: 'PASSPHRASE_WEAK',
  })
  assert.deepEqual(await town.call(made.box, 'keys.seal', { passphrase: PASSPHRASE }), { keysSealed: true })
  assert.deepEqual(names(made.disk), ['certificate.der', 'keyring.wrapped', 'sealed.cbor'])
  const all = Object.values(treeOf(made.disk, BOX_FOLDER)).join(' ')
  for (const secret of [...secrets.map((one) => Buffer.from(one).subarray(0, 32)), Buffer.from('open sesame')]) {
    assert.ok(!all.includes(secret.toString('hex')))
  }
  await closed(town, made)
  assert.equal(await codeOfOpening(town, made, null), 'PASSPHRASE_NEEDED')
  assert.equal(await codeOfOpening(town, made, `${PASSPHRASE}.`), 'PASSPHRASE_WRONG')
  const box = await town.run(OpenedBox.open(made.world(), BOX_FOLDER, PASSPHRASE))
  assert.deepEqual(box.secrets.keys.privateSeed, secrets[0])
  assert.equal((await town.call(box, 'mail.show', {})).smtp, 'smtps://me@mail.x.org:465')
  await town.call(box, 'mail.set', { server: { ...SERVER, host: 'other.x.org' } })
  assert.deepEqual(names(made.disk), ['certificate.der', 'keyring.wrapped', 'sealed.cbor'])
  assert.equal((await town.call(box, 'mail.show', {})).smtp, 'smtps://me@other.x.org:465')
  await town.run(box[Symbol.asyncDispose]())
})

test('another passphrase takes the place of the first, and without one all is as it was', async () => {
  const town = new BoxTown('changed')
  const made = await town.create('one')
  const before = names(made.disk)
  await town.call(made.box, 'keys.seal', { passphrase: PASSPHRASE })
  await town.call(made.box, 'keys.seal', { passphrase: 'five others, as they come' })
  await closed(town, made)
  assert.equal(await codeOfOpening(town, made, PASSPHRASE), 'PASSPHRASE_WRONG')
  const box = await town.run(OpenedBox.open(made.world(), BOX_FOLDER, 'five others, as they come'))
  assert.deepEqual(await town.call(box, 'keys.unseal', {}), { keysSealed: false })
  await town.run(box[Symbol.asyncDispose]())
  assert.deepEqual(names(made.disk), before)
  assert.equal(await codeOfOpening(town, made, null), 'opened')
})

test('a damaged or planted file of sealed keys opens nothing and removes nothing', async () => {
  const town = new BoxTown('damaged')
  const made = await town.create('one')
  const { disk, box } = made
  const given = { box: box.settings.box, passphrase: PASSPHRASE }
  const deps = { disk, random: simRandom('damaged') }
  new PrivateFiles(deps, BOX_FOLDER, given.box).seal(PASSPHRASE, CHEAP)
  await closed(town, made)
  const path = joinPath(KEYS, 'sealed.cbor')
  // What a clearing left that was cut off: the truth is what is sealed, but only if it opens.
  write(disk, joinPath(KEYS, 'box.seed'), new Uint8Array(32))
  for (let at = 0; at < disk.stat(path).bytes; at += 1) {
    const flip = () =>
      disk.damage(path, (bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 1
      })
    flip()
    const isRefusal = (error: unknown) => ['PASSPHRASE_WRONG', 'FORMAT_INVALID', 'SEAL_BROKEN'].includes(codeOf(error))
    assert.throws(() => PrivateFiles.open(deps, BOX_FOLDER, given), isRefusal, `byte ${at}`)
    assert.ok(names(disk).includes('box.seed'))
    flip()
  }
  PrivateFiles.open(deps, BOX_FOLDER, given)
  assert.ok(!names(disk).includes('box.seed'))
})

test('the words bring a box back whose passphrase is lost', async () => {
  const { town, owner, content, snapshot } = await burnt('forgotten', 2)
  const machine = town.machine('new')
  await town.recover(machine, { words: owner.words, peers: ['box-1:4600'] })
  await using box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  assert.deepEqual(await town.call(box, 'keys.show', {}), { keysSealed: false })
  assert.deepEqual(await town.restored(machine, box, snapshot), content)
})

/** Power fails at each disk call of `act`; the keys must be there afterwards, and open with one of `passphrases`. */
async function cutEverywhere(name: string, act: (files: PrivateFiles) => void, before: (files: PrivateFiles) => void) {
  const town = new BoxTown(name)
  for (let call = 1; ; call += 1) {
    const made = await town.create(`box-${call}`)
    const { disk, box } = made
    const random = simRandom(`${name} ${call}`)
    const id = box.settings.box
    const seed = box.secrets.keys.privateSeed
    await closed(town, made)
    const files = new PrivateFiles({ disk, random }, BOX_FOLDER, id)
    before(files)
    disk.resetCalls()
    disk.cutPowerAt(call)
    let isOver = true
    try {
      act(files)
    } catch (error) {
      assert.equal(codeOf(error), 'POWER_CUT')
      isOver = false
    }
    if (isOver) return assert.ok(call > 10)
    disk.powerCut(random)
    const passphrase = areKeysSealed(disk, BOX_FOLDER) ? PASSPHRASE : null
    const again = PrivateFiles.open({ disk, random }, BOX_FOLDER, { box: id, passphrase })
    const { keyring, ...rest } = again.read()
    assert.deepEqual(rest, { seed, mail: null }, `call ${call}`)
    assert.ok(keyring.byteLength > 100)
    const clear = names(disk).filter((one) => one.startsWith('box.seed') || one.startsWith('keyring.cbor'))
    if (passphrase !== null) assert.deepEqual(clear, [], `call ${call}`)
  }
}

test('a power cut at any disk call of sealing leaves the keys sealed or in clear, never both nor neither', async () => {
  await cutEverywhere(
    'sealing',
    (files) => files.seal(PASSPHRASE, CHEAP),
    () => undefined,
  )
})

test('a power cut at any disk call of clearing leaves the keys sealed or in clear', async () => {
  await cutEverywhere(
    'clearing',
    (files) => files.unseal(),
    (files) => files.seal(PASSPHRASE, CHEAP),
  )
})

test('a disk that fails at any call of sealing loses no key', async () => {
  const town = new BoxTown('failing')
  for (let call = 1; ; call += 1) {
    const made = await town.create(`box-${call}`)
    const { disk, box } = made
    const random = simRandom(`failing ${call}`)
    const files = new PrivateFiles({ disk, random }, BOX_FOLDER, box.settings.box)
    disk.resetCalls()
    disk.failAt(call, call % 2 === 0 ? 'EIO' : 'ENOSPC')
    try {
      files.seal(PASSPHRASE, CHEAP)
      if (disk.calls < call) return assert.ok(call > 10)
    } catch (error) {
      assert.ok(['EIO', 'ENOSPC'].includes(codeOf(error)))
    }
    const passphrase = areKeysSealed(disk, BOX_FOLDER) ? PASSPHRASE : null
    assert.equal(files.areSealed, passphrase !== null)
    assert.deepEqual(files.read().seed, box.secrets.keys.privateSeed)
    const again = PrivateFiles.open({ disk, random }, BOX_FOLDER, { box: box.settings.box, passphrase })
    assert.deepEqual(again.read().seed, box.secrets.keys.privateSeed)
    await closed(town, made)
  }
})

test('two sealings of the same keys have nothing in common', async () => {
  const town = new BoxTown('fresh')
  const { disk, box } = await town.create('one')
  const files = new PrivateFiles({ disk, random: simRandom('fresh') }, BOX_FOLDER, box.settings.box)
  files.seal(PASSPHRASE, CHEAP)
  const first = read(disk, joinPath(KEYS, 'sealed.cbor'))
  files.seal(PASSPHRASE, CHEAP)
  const both = Buffer.from(concatBytes(first, read(disk, joinPath(KEYS, 'sealed.cbor')))).toString('hex')
  const run = Buffer.from(first.subarray(-64)).toString('hex')
  assert.equal(both.indexOf(run), both.lastIndexOf(run))
})
