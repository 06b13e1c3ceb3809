import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCbor, joinPath, pathFromText, toHex } from '#base'
import {
  boxKeysFromSeed,
  entropyFromWords,
  issueCertificate,
  type RootKeys,
  rootKeysFromEntropy,
  type Signed,
} from '#crypto'
import { OpenedBox } from './opened-box.ts'
import { keepRootRequest, signEpoch, signRootRequest } from './root-requests.ts'
import { BOX_FOLDER, BoxTown, read, type TestBox, treeOf, write } from './test-town.ts'

interface Asking {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly others: TestBox[]
}

async function asking(seed: string): Promise<Asking> {
  const town = new BoxTown(seed)
  const [owner, ...others] = (await town.founded(3)) as [TestBox, ...TestBox[]]
  await town.save(owner, 'papers', town.random.bytes(5000))
  return { town, owner, others }
}

function rootOf({ words }: TestBox): RootKeys {
  return rootKeysFromEntropy(entropyFromWords(words))
}

/** As a person does it: the request that the box left, signed where the words are. */
function answered({ town }: Asking, asked: TestBox, words = asked.words): Uint8Array {
  keepRootRequest(asked.box)
  return signRootRequest(town.random, read(asked.disk, joinPath(BOX_FOLDER, 'epoch.request')), words)
}

interface Answer {
  readonly root: RootKeys
  readonly box: string
  readonly epoch: number
  readonly publicKey: Uint8Array
  readonly role: 'box' | 'recovery'
}

function certificateOf({ town }: Asking, { root, ...claims }: Answer): Uint8Array {
  return issueCertificate(root, { ...claims, organisation: root.organisation }, town.random)
}

function statementOf({ town }: Asking, { root, box, epoch, publicKey }: Answer): Signed {
  return signEpoch(root, { box, epoch, publicKey, lastGood: null, at: town.clock.wall() })
}

function encoded(epoch: Signed | null, certificate: Uint8Array): Uint8Array {
  return encodeCbor({ format: 1, epoch, certificate })
}

function apply({ town, owner }: Asking, answer: Uint8Array) {
  return town.call(owner.box, 'root.apply', { statement: Buffer.from(answer).toString('base64') })
}

async function refused(place: Asking, answer: Uint8Array, code: string, why: string): Promise<void> {
  const { owner } = place
  const before = treeOf(owner.disk, BOX_FOLDER)
  const { settings, secrets } = owner.box
  await assert.rejects(apply(place, answer), { code }, why)
  assert.deepEqual(treeOf(owner.disk, BOX_FOLDER), before, `${why}: something was written`)
  assert.deepEqual([owner.box.settings, owner.box.secrets], [settings, secrets], why)
}

test('the answer of the root to the box that asked is taken, and the box goes on in the new epoch', async () => {
  const place = await asking('right')
  const { town, owner, others } = place
  const answer = answered(place, owner)
  assert.deepEqual(await apply(place, answer), { applied: 'epoch' })
  assert.equal(owner.box.settings.epoch, 2)
  const before = treeOf(owner.disk, BOX_FOLDER)
  assert.deepEqual(await apply(place, answer), { applied: 'epoch' })
  assert.deepEqual(treeOf(owner.disk, BOX_FOLDER), before, 'applied again it changes nothing')
  await town.run(owner.box[Symbol.asyncDispose]())
  const box = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const report = await town.call(box, 'disperse', { waitMs: 0 })
  assert.deepEqual([report.state, report.receipts, report.trouble], ['whole', others.length, []])
  assert.equal(box.heads.newest?.head.epoch, 2)
  assert.deepEqual(box.heads.newest?.publicKey, owner.box.secrets.keys.publicKey)
})

test('root is asked for a host that is on another branch; the others are served meanwhile', async () => {
  const place = await asking('branch')
  const { town, owner, others } = place
  const [first, second] = others as [TestBox, TestBox]
  let { box } = owner
  const save = async (without: TestBox) => {
    town.net.cut(owner.name, without.name)
    await town.call(box, 'snapshot.take', { sources: [] })
    const { head } = await town.call(box, 'disperse', { waitMs: 0 })
    town.net.heal(owner.name, without.name)
    await town.run(box[Symbol.asyncDispose]())
    return head
  }
  await town.run(box[Symbol.asyncDispose]())
  const before = treeOf(owner.disk, BOX_FOLDER)
  box = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const head = await save(first)
  putBack(owner.disk, before)
  box = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  assert.equal(await save(second), head, 'another head of the same number')
  box = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const forked = await town.call(box, 'disperse', { waitMs: 0 })
  assert.deepEqual(forked.trouble, [{ host: second.box.settings.box, name: second.name, code: 'LOG_FORK' }])
  assert.equal(forked.receipts, 1)
  const path = joinPath(BOX_FOLDER, 'epoch.request')
  const request = read(owner.disk, path)
  await town.clock.runFor(1000)
  await town.call(box, 'disperse', { waitMs: 0 })
  assert.deepEqual(read(owner.disk, path), request, 'what asks the same stays')
  const statement = Buffer.from(signRootRequest(town.random, request, owner.words)).toString('base64')
  await town.call(box, 'root.apply', { statement })
  const { state, trouble } = await town.call(box, 'disperse', { waitMs: 0 })
  assert.deepEqual([state, trouble], ['whole', []])
})

test('an answer for another box, another key or an earlier epoch is refused', async () => {
  const place = await asking('wrong')
  const { town, owner, others } = place
  const twin = await town.create('twin', owner.words)
  await refused(place, answered(place, twin), 'ROOT_REQUEST_FOREIGN', 'another box of this organisation')
  await refused(place, answered(place, others[0] as TestBox), 'CERTIFICATE_INVALID', 'a box of others')
  const strangers = answered(place, owner, others[0]?.words)
  await refused(place, strangers, 'CERTIFICATE_INVALID', 'signed with the words of others')
  const { box, keys } = { box: owner.box.settings.box, keys: owner.box.secrets.keys }
  const right: Answer = { root: rootOf(owner), box, epoch: 2, publicKey: keys.publicKey, role: 'box' }
  const both = (answer: Answer) => encoded(statementOf(place, answer), certificateOf(place, answer))
  const { publicKey } = boxKeysFromSeed(town.random.bytes(32))
  await refused(place, both({ ...right, publicKey }), 'ROOT_REQUEST_FOREIGN', 'another key')
  await refused(place, both({ ...right, role: 'recovery' }), 'ROOT_REQUEST_FOREIGN', 'a recovery certificate')
  await refused(place, both({ ...right, epoch: 0 }), 'ROOT_REQUEST_FOREIGN', 'an earlier epoch')
  await refused(place, both({ ...right, epoch: 1 }), 'ROOT_REQUEST_FOREIGN', 'the epoch that the box is in')
  await apply(place, both({ ...right, epoch: 3 }))
  await refused(place, both(right), 'ROOT_REQUEST_FOREIGN', 'an epoch that came late')
  const again = { ...right, epoch: 3, box: owner.box.settings.box }
  await town.clock.runFor(1000)
  await refused(place, both(again), 'ROOT_REQUEST_FOREIGN', 'another statement for the same epoch')
})

test('an answer whose certificate and statement do not belong together is refused', async () => {
  const place = await asking('mismatch')
  const { town, owner, others } = place
  const { publicKey } = owner.box.secrets.keys
  const right: Answer = { root: rootOf(owner), box: owner.box.settings.box, epoch: 5, publicKey, role: 'box' }
  const certificate = certificateOf(place, right)
  const other = boxKeysFromSeed(town.random.bytes(32)).publicKey
  const foreign: [string, Partial<Answer>, string][] = [
    ['of an earlier epoch', { epoch: 4 }, 'ROOT_REQUEST_FOREIGN'],
    ['of a later epoch', { epoch: 6 }, 'ROOT_REQUEST_FOREIGN'],
    ['for another key', { publicKey: other }, 'ROOT_REQUEST_FOREIGN'],
    ['about another box', { box: toHex(town.random.bytes(16)) }, 'STATEMENT_INVALID'],
    ['signed by another root', { root: rootOf(others[0] as TestBox) }, 'SIGNATURE_INVALID'],
  ]
  for (const [why, more, code] of foreign) {
    await refused(place, encoded(statementOf(place, { ...right, ...more }), certificate), code, `a statement ${why}`)
  }
  const statement = statementOf(place, right)
  for (const [why, more] of foreign.slice(0, 4)) {
    const other = certificateOf(place, { ...right, ...more })
    await refused(place, encoded(statement, other), 'ROOT_REQUEST_FOREIGN', `a certificate ${why}`)
  }
  const byBox = { ...statement, certificate }
  await refused(place, encoded(byBox, certificate), 'STATEMENT_INVALID', 'a statement that a box could have signed')
  await refused(place, encoded(null, certificate), 'ROOT_REQUEST_FOREIGN', 'no statement')
  await refused(place, encodeCbor({ format: 1, epoch: statement }), 'FORMAT_INVALID', 'no certificate')
  assert.deepEqual(await apply(place, encoded(statement, certificate)), { applied: 'epoch' })
})

function putBack(disk: TestBox['disk'], tree: ReturnType<typeof treeOf>): void {
  for (const path of Object.keys(treeOf(disk, BOX_FOLDER))) if (!path.endsWith('/')) disk.removeFile(pathFromText(path))
  for (const [path, hex] of Object.entries(tree)) {
    if (!path.endsWith('/')) write(disk, pathFromText(path), Buffer.from(hex, 'hex'))
  }
}
