import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCbor, fromHex, pathFromText, toHex } from '#base'
import { MemoryDisk } from '#base/sim'
import {
  admissionFor,
  assembleCharter,
  boxesOf,
  type Charter,
  type CharterSignature,
  CharterStore,
  charterHash,
  decodeCharter,
  decodeCharterSignature,
  decodeSignedCharter,
  encodeCharter,
  encodeCharterSignature,
  encodeSignedCharter,
  findBox,
  foundingCharter,
  hostsFor,
  type Member,
  otherOrganisations,
  type SignedCharter,
  signCharter,
  verifyCharter,
} from '#community'
import { signStatement, verifyCertificate } from '#crypto'
import { codeIs } from '../../test/conformance/transport.ts'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'

const people = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => testBox(name))
const [alice, bob, carol, dave] = people as [TestBox, TestBox, TestBox, TestBox]
const mallory = testBox('mallory')

function member({ organisation, box, root }: TestBox, name = 'Mairie'): Member {
  const boxes = [{ box, name: 'Datis 1', addresses: ['box.example:4600', '[2001:db8::1]:4600'] }]
  return { organisation, name, sealing: root.public.sealing, boxes }
}

function founding(of: readonly TestBox[], more: Partial<Charter> = {}): Charter {
  const members = of.map((one) => member(one))
  return { ...foundingCharter({ community: new Uint8Array(16).fill(7), members, at: 1_700_000_000_000 }), ...more }
}

const sign = (body: Uint8Array, by: TestBox) => signCharter(body, by.keys, by.identity.certificate)

function signedBy(charter: Charter, signers: readonly TestBox[]): SignedCharter {
  const body = encodeCharter(charter)
  return assembleCharter(
    body,
    signers.map((one) => sign(body, one)),
  )
}

function next(parent: Charter, members: readonly TestBox[], more: Partial<Charter> = {}): Charter {
  const previous = charterHash(encodeCharter(parent))
  const { expelled: _, ...rest } = parent
  return { ...rest, number: parent.number + 1, previous, members: members.map((one) => member(one)), ...more }
}

describe('form', () => {
  test('a charter, a signature and a signed charter come back as they were', () => {
    const charter = founding([alice, bob, carol], { code: { n: 2, k: 1 } })
    assert.deepEqual(decodeCharter(encodeCharter(charter)), charter)
    const signed = signedBy(charter, [alice])
    assert.deepEqual(decodeSignedCharter(encodeSignedCharter(signed)), {
      ...signed,
      body: Uint8Array.from(signed.body),
    })
    const signature = signed.signatures[0] as CharterSignature
    assert.deepEqual(decodeCharterSignature(encodeCharterSignature(signature)).box, signature.box)
  })

  const refused: [string, (charter: Charter) => Charter, string][] = [
    ['one organisation', (charter) => ({ ...charter, members: charter.members.slice(0, 1) }), 'FORMAT_INVALID'],
    [
      'an organisation twice',
      (charter) => ({ ...charter, members: [member(alice), member(alice)] }),
      'CHARTER_INVALID',
    ],
    [
      'a box twice',
      ({ members, ...rest }) => ({ ...rest, members: members.map((one) => ({ ...one, boxes: member(bob).boxes })) }),
      'CHARTER_INVALID',
    ],
    ['a member without a box', withMember({ boxes: [] }), 'FORMAT_INVALID'],
    ['an empty name', withMember({ name: '' }), 'FORMAT_INVALID'],
    ['a name of 101 characters', withMember({ name: 'a'.repeat(101) }), 'FORMAT_INVALID'],
    ['a name with a line break', withMember({ name: 'a\nb' }), 'FORMAT_INVALID'],
    ['a name that turns the direction of text', withMember({ name: 'a\u202eb' }), 'FORMAT_INVALID'],
    [
      'an address that is none',
      withMember({ boxes: [{ box: alice.box, name: 'x', addresses: ['box'] }] }),
      'FORMAT_INVALID',
    ],
    ['a code wider than the other boxes', (charter) => ({ ...charter, code: { n: 3, k: 1 } }), 'CHARTER_INVALID'],
    ['a code with k above n', (charter) => ({ ...charter, code: { n: 1, k: 2 } }), 'FORMAT_INVALID'],
    ['a first charter with a parent', (charter) => ({ ...charter, previous: '11'.repeat(32) }), 'CHARTER_INVALID'],
    ['an expelled member that stays', (charter) => ({ ...charter, expelled: alice.organisation }), 'CHARTER_INVALID'],
  ]
  function withMember(change: Partial<Member>) {
    return (charter: Charter) => ({
      ...charter,
      members: [{ ...member(alice), ...change }, ...charter.members.slice(1)],
    })
  }
  for (const [what, change, code] of refused) {
    test(`${what} is refused`, () => {
      assert.throws(() => encodeCharter(change(founding([alice, bob, carol]))), { code })
    })
  }

  test('at most 64 boxes', () => {
    const many = (count: number) => Array.from({ length: count }, (_, number) => member(testBox(`org ${number}`)))
    const charter = founding([alice, bob])
    assert.equal(decodeCharter(encodeCharter({ ...charter, members: many(64) })).members.length, 64)
    assert.throws(() => encodeCharter({ ...charter, members: many(65) }), { code: 'FORMAT_INVALID' })
  })

  test('a second encoding of one charter, and a field that we do not know, are refused', () => {
    const body = encodeCharter(founding([alice, bob]))
    // The map of 7 keys starts a7; a0 + 7 in one byte more says the same.
    assert.equal(body[0], 0xa7)
    const longer = Buffer.concat([Buffer.from([0xb8, 0x07]), body.subarray(1)])
    assert.throws(() => decodeCharter(longer), /charter/i)
    assert.throws(() => decodeCharter(encodeCbor({ format: 1, extra: true })), { code: 'FORMAT_INVALID' })
  })
})

describe('founding', () => {
  test('every founder must have signed', () => {
    const charter = founding([alice, bob, carol])
    assert.deepEqual(verifyCharter(signedBy(charter, [alice, bob, carol]), null), charter)
    const missing = codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 })
    assert.throws(() => verifyCharter(signedBy(charter, [alice, bob]), null), missing)
    assert.throws(() => verifyCharter(signedBy(charter, [alice, bob, bob]), null), missing)
  })

  test('a second box of one organisation adds no voice', () => {
    const charter = founding([alice, bob, carol])
    const body = encodeCharter(charter)
    const second = testBox('bob', { box: '22'.repeat(16) })
    const signatures = [sign(body, alice), sign(body, bob), sign(body, second)]
    assert.throws(() => verifyCharter({ body, signatures }, null), codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2 }))
  })

  test('a tampered body, a foreign certificate, a recovery certificate and a borrowed name are refused', () => {
    const charter = founding([alice, bob])
    const { body, signatures } = signedBy(charter, [alice, bob])
    const other = encodeCharter({ ...charter, at: charter.at + 1 })
    assert.throws(() => verifyCharter({ body: other, signatures }, null), codeIs('SIGNATURE_INVALID'))
    const [first, second] = signatures as [CharterSignature, CharterSignature]
    const verify = (changed: CharterSignature) => verifyCharter({ body, signatures: [first, changed] }, null)
    const bySelf = sign(body, mallory)
    assert.throws(() => verify(bySelf), codeIs('CHARTER_INVALID', { reason: 'signer-no-member' }))
    assert.throws(() => verify({ ...bySelf, organisation: bob.organisation }), codeIs('CERTIFICATE_INVALID'))
    assert.throws(() => verify({ ...second, box: alice.box }), codeIs('CHARTER_INVALID', { reason: 'signer-other' }))
    assert.throws(() => verify({ ...second, signature: new Uint8Array(64) }), codeIs('SIGNATURE_INVALID'))
    const recovery = testBox('bob', { role: 'recovery' })
    assert.throws(() => verify(sign(body, recovery)), codeIs('CHARTER_INVALID', { reason: 'signer-role' }))
  })

  test('a signature on another kind of statement is none on a charter', () => {
    const body = encodeCharter(founding([alice, bob]))
    const { signature } = signStatement('head', body, bob.keys.signingKey, bob.identity.certificate)
    const forged = { ...sign(body, bob), signature }
    assert.throws(
      () => verifyCharter({ body, signatures: [sign(body, alice), forged] }, null),
      codeIs('SIGNATURE_INVALID'),
    )
  })

  test('nobody is expelled at the founding', () => {
    const signed = signedBy(founding([alice, bob], { expelled: carol.organisation }), [alice, bob])
    assert.throws(() => verifyCharter(signed, null), codeIs('CHARTER_INVALID', { reason: 'expelled-stranger' }))
  })
})

describe('succession', () => {
  const parent = founding([alice, bob, carol, dave])
  const joined = next(parent, [...people])

  test('more than half of all organisations of the parent sign; the joiner does not count', () => {
    assert.equal(verifyCharter(signedBy(joined, [alice, bob, carol]), parent).number, 2)
    const half = signedBy(joined, [alice, bob])
    assert.throws(() => verifyCharter(half, parent), codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 }))
    const withJoiner = signedBy(joined, [alice, bob, people[4] as TestBox])
    assert.throws(() => verifyCharter(withJoiner, parent), codeIs('CHARTER_INVALID', { reason: 'signer-no-member' }))
  })

  test('of two, both sign', () => {
    const two = founding([alice, bob])
    const third = next(two, [alice, bob, carol])
    assert.throws(
      () => verifyCharter(signedBy(third, [alice]), two),
      codeIs('CHARTER_SIGNATURES_MISSING', { needed: 2 }),
    )
    verifyCharter(signedBy(third, [alice, bob]), two)
  })

  test('number, parent and community must follow', () => {
    const by = [alice, bob, carol]
    const reason = (name: string) => codeIs('CHARTER_INVALID', { reason: name })
    const other = founding([alice, bob, carol, dave], { at: 1 })
    assert.throws(() => verifyCharter(signedBy({ ...joined, number: 3 }, by), parent), reason('number'))
    assert.throws(() => verifyCharter(signedBy(joined, by), other), reason('previous'))
    assert.throws(
      () => verifyCharter(signedBy({ ...joined, community: '00'.repeat(16) }, by), parent),
      reason('community'),
    )
    assert.throws(() => verifyCharter(signedBy(joined, by), null), reason('no-parent'))
    assert.throws(() => verifyCharter(signedBy(parent, people.slice(0, 4)), parent), reason('number'))
  })

  test('the expelled one counts among all and is not heard', () => {
    const without = next(parent, [alice, bob, carol], { expelled: dave.organisation })
    verifyCharter(signedBy(without, [alice, bob, carol]), parent)
    const missing = codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 })
    assert.throws(() => verifyCharter(signedBy(without, [alice, bob, dave]), parent), missing)
  })

  test('who goes is named as expelled or signs its leave; of two nobody is expelled', () => {
    const silently = next(parent, [alice, bob, carol])
    const unsigned = codeIs('CHARTER_INVALID', { reason: 'removed-unsigned' })
    assert.throws(() => verifyCharter(signedBy(silently, [alice, bob, carol]), parent), unsigned)
    verifyCharter(signedBy(silently, [alice, bob, dave]), parent)
    const two = founding([alice, bob])
    const alone = next(two, [alice, carol], { expelled: bob.organisation })
    assert.throws(() => verifyCharter(signedBy(alone, [alice, bob]), two), codeIs('CHARTER_SIGNATURES_MISSING'))
  })
})

describe('questions', () => {
  const charter = founding([alice, bob, carol])

  test('who is where', () => {
    assert.deepEqual(otherOrganisations(charter, alice.organisation), [bob.organisation, carol.organisation])
    assert.deepEqual(
      hostsFor(charter, bob.organisation).map(({ box }) => box),
      [alice.box, carol.box],
    )
    assert.equal(boxesOf(charter).length, 3)
    assert.equal(findBox(charter, carol.box)?.organisation, carol.organisation)
    assert.equal(findBox(charter, mallory.box), undefined)
  })

  test('members pass, rebuilt and recovering boxes too; never under the id of a box of another member', () => {
    const admission = admissionFor(charter)
    const passes = ({ identity, organisation }: TestBox) =>
      admission.admit(verifyCertificate(identity.certificate, organisation))
    assert.deepEqual([...admission.roots()], [alice.organisation, bob.organisation, carol.organisation])
    assert.ok(passes(bob))
    assert.ok(passes(testBox('bob', { epoch: 2 })))
    assert.ok(passes(testBox('bob', { box: '22'.repeat(16) })))
    assert.ok(passes(testBox('bob', { role: 'recovery' })))
    assert.equal(passes(testBox('bob', { box: alice.box })), false)
    assert.equal(passes(mallory), false)
  })

  test('an admission follows the charter of the day', () => {
    let current = charter
    const admission = admissionFor(() => current)
    const claims = verifyCertificate(carol.identity.certificate, carol.organisation)
    assert.ok(admission.admit(claims))
    current = next(charter, [alice, bob])
    assert.equal(admission.admit(claims), false)
  })
})

describe('CharterStore', () => {
  const folder = pathFromText('/data/charters')
  const first = founding([alice, bob, carol])
  const second = next(first, [alice, bob, carol, dave])
  const newDisk = () => new MemoryDisk({ clock: { wall: () => 0 } })

  test('keeps the chain over a restart', () => {
    const disk = newDisk()
    const store = new CharterStore(disk, folder)
    assert.equal(store.current, undefined)
    store.append(signedBy(first, [alice, bob, carol]))
    store.append(signedBy(second, [alice, bob]))
    const again = new CharterStore(disk, folder)
    assert.deepEqual(again.charters, [first, second])
    assert.deepEqual(again.current, second)
    assert.equal(toHex(again.signed(1)?.body ?? fromHex('')), toHex(encodeCharter(first)))
    again.append(signedBy(first, [alice, bob, carol]))
    assert.equal(again.charters.length, 2)
  })

  test('keeps the first of two charters of one number, and names who signed both', () => {
    const store = new CharterStore(newDisk(), folder)
    store.append(signedBy(first, [alice, bob, carol]))
    store.append(signedBy(second, [alice, bob]))
    const rival = next(first, [alice, bob, carol, testBox('erin')])
    const conflict = codeIs('CHARTER_CONFLICT', { number: 2, signedBoth: bob.organisation })
    assert.throws(() => store.append(signedBy(rival, [bob, carol])), conflict)
    assert.throws(() => store.append(signedBy(rival, [bob])), codeIs('CHARTER_SIGNATURES_MISSING'))
    assert.deepEqual(store.current, second)
  })

  test('a missing charter, a damaged one and a gap are refused', () => {
    const disk = newDisk()
    const store = new CharterStore(disk, folder)
    store.append(signedBy(first, [alice, bob, carol]))
    store.append(signedBy(second, [alice, bob]))
    const third = next(second, [alice, bob, dave], { expelled: carol.organisation, number: 4 })
    assert.throws(() => store.append(signedBy(third, [alice, bob, dave])), codeIs('CHARTER_INVALID'))
    disk.removeFile(pathFromText('/data/charters/charter-00000001.cbor'))
    assert.throws(() => new CharterStore(disk, folder), codeIs('CHARTER_CHAIN_BROKEN', { number: 1 }))
  })
})
