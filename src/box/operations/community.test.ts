import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toHex } from '#base'
import {
  assembleCharter,
  type Charter,
  encodeCharter,
  encodeSignedCharter,
  foundingCharter,
  type SignedCharter,
  signCharter,
} from '#community'
import { boxKeysFromSeed, entropyFromWords, issueCertificate, rootKeysFromEntropy } from '#crypto'
import { BOX_FOLDER, BoxTown, type TestBox, treeOf } from '../test-town.ts'

function charterOf(town: BoxTown, boxes: readonly TestBox[]): Charter {
  const members = boxes.map(({ box: { settings }, name }) => ({
    organisation: settings.organisation,
    name,
    sealing: settings.rootSealing,
    boxes: [{ box: settings.box, name, addresses: [settings.address] }],
  }))
  return foundingCharter({ community: town.random.bytes(16), members, at: town.clock.wall() })
}

function signedBy(charter: Charter, signers: readonly TestBox[]): SignedCharter {
  const body = encodeCharter(charter)
  const signatures = signers.map(({ box: { secrets } }) => signCharter(body, secrets.keys, secrets.certificate))
  return assembleCharter(body, signatures)
}

function adopt(town: BoxTown, { box }: TestBox, signed: SignedCharter) {
  return town.call(box, 'community.adopt', { charter: Buffer.from(encodeSignedCharter(signed)).toString('base64') })
}

async function refused(town: BoxTown, box: TestBox, signed: SignedCharter, code: string, why: string): Promise<void> {
  const before = treeOf(box.disk, BOX_FOLDER)
  const current = box.box.charters.current
  await assert.rejects(adopt(town, box, signed), { code }, why)
  assert.deepEqual(treeOf(box.disk, BOX_FOLDER), before, `${why}: something was written`)
  assert.equal(box.box.charters.current, current, why)
}

async function boxesOf(seed: string): Promise<{ town: BoxTown; boxes: [TestBox, TestBox, TestBox] }> {
  const town = new BoxTown(seed)
  return { town, boxes: [await town.create('one'), await town.create('two'), await town.create('three')] }
}

test('a box enters no community that does not list it as its own', async () => {
  const { town, boxes } = await boxesOf('foreign')
  const [one, two, three] = boxes
  await refused(town, one, signedBy(charterOf(town, [two, three]), [two, three]), 'CHARTER_FOREIGN', 'not listed')
  // Another organisation lists it: any root can certify any box id.
  const charter = charterOf(town, [two, three])
  const [first, ...others] = charter.members
  assert.ok(first)
  const taken = { ...first, boxes: [...first.boxes, { box: one.box.settings.box, name: 'one', addresses: [] }] }
  const stolen = signedBy({ ...charter, members: [taken, ...others] }, [two, three])
  await refused(town, one, stolen, 'CHARTER_FOREIGN', 'listed under another organisation')
})

test('a charter that not all founders have validly signed is refused', async () => {
  const { town, boxes } = await boxesOf('signatures')
  const [one, two, three] = boxes
  const charter = charterOf(town, boxes)
  const whole = signedBy(charter, boxes)
  const lacking = signedBy(charter, [one, two])
  await refused(town, one, lacking, 'CHARTER_SIGNATURES_MISSING', 'one has not signed')
  const other = signedBy({ ...charter, at: charter.at + 1 }, [three])
  await refused(
    town,
    one,
    { ...whole, signatures: [...lacking.signatures, ...other.signatures] },
    'SIGNATURE_INVALID',
    'another text',
  )
  const body = encodeCharter({ ...charter, at: charter.at + 1 })
  await refused(town, one, { ...whole, body }, 'SIGNATURE_INVALID', 'another body')
  const root = rootKeysFromEntropy(entropyFromWords(three.words))
  const keys = boxKeysFromSeed(town.random.bytes(32))
  const claims = {
    box: toHex(town.random.bytes(16)),
    organisation: root.organisation,
    epoch: 1,
    publicKey: keys.publicKey,
  }
  const certificate = issueCertificate(root, { ...claims, role: 'recovery' }, town.random)
  const recovering = signCharter(encodeCharter(charter), keys, certificate)
  await refused(
    town,
    one,
    { ...whole, signatures: [...lacking.signatures, recovering] },
    'CHARTER_INVALID',
    'a recovery does not vote',
  )
})

test('a box is founded once: the same charter changes nothing, another one is refused', async () => {
  const { town, boxes } = await boxesOf('twice')
  const [one] = boxes
  const first = signedBy(charterOf(town, boxes), boxes)
  const { number } = await adopt(town, one, first)
  assert.equal(number, 1)
  const before = treeOf(one.disk, BOX_FOLDER)
  await adopt(town, one, first)
  assert.deepEqual(treeOf(one.disk, BOX_FOLDER), before)
  await refused(town, one, signedBy(charterOf(town, boxes), boxes), 'CHARTER_CONFLICT', 'a second founding')
  await assert.rejects(town.call(one.box, 'community.identify', { successor: false }), { code: 'COMMUNITY_EXISTS' })
  const charter = Buffer.from(first.body).toString('base64')
  await assert.rejects(town.call(one.box, 'community.sign', { charter }), { code: 'COMMUNITY_EXISTS' })
})
