import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCbor, fromHex, pathFromText, toHex } from '#base'
import { MemoryDisk } from '#base/sim'
import {
  admissionFor,
  boxesOf,
  type Charter,
  type CharterSignature,
  CharterStore,
  decodeCharter,
  decodeCharterSignature,
  decodeSignedCharter,
  encodeCharter,
  encodeCharterSignature,
  encodeSignedCharter,
  findBox,
  hostsFor,
  type Member,
  otherOrganisations,
  type SignedCharter,
  signCharter,
  verifyChain,
} from '#community'
import { signStatement, verifyCertificate } from '#crypto'
import { codeIs } from '../../test/conformance/transport.ts'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import { nextCharter } from './apply.ts'
import { signVote } from './signing.ts'
import {
  actOf,
  ballotOf,
  founded,
  founding,
  inviteKeys,
  inviteOf,
  memberOf,
  START_MS,
  signerOf,
  voted,
  votedBody,
} from './test-community.ts'

const people = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => testBox(name))
const [alice, bob, carol, dave, erin] = people as [TestBox, TestBox, TestBox, TestBox, TestBox]
const mallory = testBox('mallory')
const member = memberOf
const signedBy = founded
const sign = (body: Uint8Array, by: TestBox) => signCharter(body, by.keys, by.identity.certificate)
const reason = (name: string) => codeIs('CHARTER_INVALID', { reason: name })
const verifyFounding = (signed: SignedCharter) => verifyChain([signed]).current?.charter

/** A chain that begins with these and goes on with these acts, each voted for by all of the parent. */
function chainOf(founders: readonly TestBox[], ...acts: readonly Parameters<typeof voted>[1][]) {
  const chain = verifyChain([founded(founding(founders), founders)])
  for (const act of acts) {
    const parent = chain.current?.charter as Charter
    const voters = people.filter(({ organisation }) => parent.members.some((one) => one.organisation === organisation))
    chain.append(voted(parent, act, voters))
  }
  return { chain, current: chain.current?.charter as Charter }
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
    ['no organisation', (charter) => ({ ...charter, members: [] }), 'FORMAT_INVALID'],
    [
      'an act in the first charter',
      (charter) => ({ ...charter, act: inviteOf(alice, 'x', [alice]) }),
      'CHARTER_INVALID',
    ],
    [
      'a community that follows itself',
      (charter) => ({ ...charter, parent: { community: charter.community, number: 1, hash: '11'.repeat(32) } }),
      'CHARTER_INVALID',
    ],
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
    assert.deepEqual(verifyFounding(signedBy(charter, [alice, bob, carol])), charter)
    const missing = codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 })
    assert.throws(() => verifyFounding(signedBy(charter, [alice, bob])), missing)
    assert.throws(() => verifyFounding(signedBy(charter, [alice, bob, bob])), missing)
  })

  test('a second box of one organisation adds no voice', () => {
    const charter = founding([alice, bob, carol])
    const body = encodeCharter(charter)
    const second = testBox('bob', { box: '22'.repeat(16) })
    const signatures = [sign(body, alice), sign(body, bob), sign(body, second)]
    assert.throws(() => verifyFounding({ body, signatures }), codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2 }))
  })

  test('a tampered body, a foreign certificate, a recovery certificate and a borrowed name are refused', () => {
    const charter = founding([alice, bob])
    const { body, signatures } = signedBy(charter, [alice, bob])
    const other = encodeCharter({ ...charter, at: charter.at + 1 })
    assert.throws(() => verifyFounding({ body: other, signatures }), codeIs('SIGNATURE_INVALID'))
    const [first, second] = signatures as [CharterSignature, CharterSignature]
    const verify = (changed: CharterSignature) => verifyFounding({ body, signatures: [first, changed] })
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
    assert.throws(() => verifyFounding({ body, signatures: [sign(body, alice), forged] }), codeIs('SIGNATURE_INVALID'))
  })

  test('nobody is expelled at the founding', () => {
    const signed = signedBy(founding([alice, bob], { expelled: carol.organisation }), [alice, bob])
    assert.throws(() => verifyFounding(signed), codeIs('CHARTER_INVALID', { reason: 'expelled-stranger' }))
  })
})

const revoke = (text: string) => ({ kind: 'revoke-invitation', key: inviteKeys(text).key }) as const

describe('succession', () => {
  const four = [alice, bob, carol, dave]
  const { chain, current: parent } = chainOf(four)
  const act = inviteOf(alice, 'erin', [alice, bob, carol])

  test('more than half of all organisations of the parent vote, in one ballot', () => {
    assert.equal(chain.verify(voted(parent, act, [alice, bob, carol])).number, 2)
    const missing = codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 })
    assert.throws(() => chain.verify(voted(parent, act, [alice, bob])), missing)
    assert.throws(() => chain.verify(voted(parent, act, [alice, bob, bob])), missing)
    assert.throws(() => chain.verify(voted(parent, act, [alice, bob, erin])), reason('signer-no-member'))
    const { body, ballot, signatures } = voted(parent, act, [alice, bob])
    const later = signVote(body, ballotOf(carol, 2), signerOf(carol))
    const mixed = { body, ballot, signatures: [...signatures, later] } as SignedCharter
    assert.throws(() => chain.verify(mixed), codeIs('SIGNATURE_INVALID'))
    assert.throws(() => chain.verify({ body, signatures }), reason('ballot'))
  })

  test('of two, both vote; of one, that one', () => {
    const two = chainOf([alice, bob])
    const invite = inviteOf(alice, 'carol', [alice, bob])
    const missing = codeIs('CHARTER_SIGNATURES_MISSING', { needed: 2 })
    assert.throws(() => two.chain.verify(voted(two.current, invite, [alice])), missing)
    two.chain.verify(voted(two.current, invite, [alice, bob]))
    const alone = chainOf([alice])
    alone.chain.verify(voted(alone.current, inviteOf(alice, 'bob', [alice]), [alice]))
  })

  test('only the first box of an organisation votes: two would not know of each other', () => {
    const box = { box: '22'.repeat(16), name: 'Second', addresses: [] }
    const second = testBox('alice', { box: box.box })
    const added = chainOf(four, actOf(alice, { kind: 'box', box }, [second]))
    assert.deepEqual(added.current.members[0]?.boxes.length, 2)
    const signed = voted(added.current, act, [second, bob, carol])
    assert.throws(() => added.chain.verify(signed), reason('signer-no-acceptor'))
  })

  test('number, parent, community and act must follow', () => {
    const next = nextCharter(parent, act, START_MS)
    const by = (changed: Partial<Charter>) => votedBody(encodeCharter({ ...next, ...changed }), [alice, bob, carol])
    assert.throws(() => chain.verify(by({ number: 3 })), reason('number'))
    assert.throws(() => chain.verify(by({ previous: '11'.repeat(32) })), reason('previous'))
    assert.throws(() => chain.verify(by({ community: '00'.repeat(16) })), reason('community'))
    assert.throws(() => verifyChain([by({})]), reason('no-parent'))
    assert.equal(chain.verify(by({ at: START_MS + 5 })).at, START_MS + 5)
    for (const changed of [
      { members: [...next.members, member(mallory)] },
      { members: next.members.slice(1) },
      { members: next.members.map((one) => ({ ...one, name: 'Other' })) },
      { expelled: mallory.organisation },
      { code: { n: 2, k: 1 } },
      { invitations: [{ key: '33'.repeat(32), until: START_MS + 1e9, by: alice.organisation }] },
    ]) {
      assert.throws(() => chain.verify(by(changed)), reason('not-by-its-act'), JSON.stringify(changed))
    }
  })

  test('dates never go back', () => {
    const { chain: after, current } = chainOf(four, act)
    const next = nextCharter(current, actOf(dave, { kind: 'leave' }, [dave]), START_MS - 3_600_000)
    assert.equal(next.at, current.at)
    const before = votedBody(encodeCharter({ ...next, at: current.at - 1 }), [alice, bob, carol])
    assert.throws(() => after.verify(before), reason('not-by-its-act'))
  })

  test('a change that changes nothing is none', () => {
    const [box] = memberOf(dave).boxes
    const same = actOf(
      dave,
      { kind: 'addresses', box: { box: dave.box, name: box?.name ?? '', addresses: [...(box?.addresses ?? [])] } },
      [dave],
    )
    assert.throws(() => nextCharter(parent, same, START_MS), reason('nothing-changed'))
  })

  test('an organisation changes its boxes eight times in a day; others and later days are free', () => {
    const renamed = (by: TestBox, name: string) =>
      actOf(by, { kind: 'addresses', box: { box: by.box, name, addresses: [] } }, [by])
    const eight = Array.from({ length: 8 }, (_, number) => renamed(dave, `Name ${number}`))
    const { chain: after, current } = chainOf(four, ...eight)
    const ninth = voted(current, renamed(dave, 'Name 9'), four, START_MS)
    assert.throws(() => after.verify(ninth), codeIs('ACT_RATE_REFUSED', { by: dave.organisation, changes: 8 }))
    assert.throws(() => after.next(renamed(dave, 'Name 9'), START_MS), codeIs('ACT_RATE_REFUSED'))
    after.verify(voted(current, renamed(carol, 'Name 1'), four, START_MS))
    after.verify(voted(current, renamed(dave, 'Name 9'), four, START_MS + 24 * 3_600_000))
  })

  test('an act is done once: what was approved of then is not approved of now', () => {
    const { chain: after, current } = chainOf(four, act, actOf(alice, revoke('erin'), [alice]))
    assert.equal(current.invitations, undefined)
    assert.throws(() => after.verify(voted(current, act, [alice, bob, carol])), reason('act-twice'))
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
    current = nextCharter(charter, actOf(carol, { kind: 'leave' }, [carol]), START_MS)
    assert.equal(admission.admit(claims), false)
  })

  test('who left or was put out reads its own for 90 days', () => {
    const { chain } = chainOf([alice, bob, carol], actOf(carol, { kind: 'leave' }, [carol]))
    let now = START_MS
    const past = { departures: () => chain.departures, clock: { wall: () => now } }
    const admission = admissionFor(() => chain.current?.charter, past)
    const claims = verifyCertificate(carol.identity.certificate, carol.organisation)
    assert.equal(admission.admit(claims), 'former')
    assert.ok([...admission.roots()].includes(carol.organisation))
    assert.equal(admission.admit(verifyCertificate(bob.identity.certificate, bob.organisation)), true)
    const asBob = testBox('carol', { box: bob.box })
    assert.equal(admission.admit(verifyCertificate(asBob.identity.certificate, carol.organisation)), false)
    now += 90 * 24 * 3_600_000
    assert.equal(admission.admit(claims), false)
    assert.equal([...admission.roots()].includes(carol.organisation), false)
  })
})

describe('CharterStore', () => {
  const folder = pathFromText('/data/charters')
  const first = founding([alice, bob, carol])
  const signed = signedBy(first, [alice, bob, carol])
  const act = inviteOf(alice, 'dave', [alice, bob])
  const second = nextCharter(first, act, START_MS)
  const newDisk = () => new MemoryDisk({ clock: { wall: () => 0 } })

  test('keeps the chain over a restart', () => {
    const disk = newDisk()
    const store = new CharterStore(disk, folder)
    assert.equal(store.current, undefined)
    store.append(signed)
    store.append(voted(first, act, [alice, bob]))
    const again = new CharterStore(disk, folder)
    assert.deepEqual(
      again.charters.map(({ number }) => number),
      [1, 2],
    )
    assert.equal(toHex(encodeCharter(again.current as Charter)), toHex(encodeCharter(second)))
    assert.equal(toHex(again.signed(1)?.body ?? fromHex('')), toHex(encodeCharter(first)))
    again.append(signed)
    assert.equal(again.charters.length, 2)
  })

  test('keeps the first of two charters of one number, and names who signed both', () => {
    const store = new CharterStore(newDisk(), folder)
    store.append(signed)
    store.append(voted(first, act, [alice, bob]))
    const rival = inviteOf(bob, 'erin', [bob, carol])
    const conflict = codeIs('CHARTER_CONFLICT', { number: 2, signedBoth: bob.organisation })
    assert.throws(() => store.append(voted(first, rival, [bob, carol])), conflict)
    assert.throws(() => store.append(voted(first, rival, [bob])), codeIs('CHARTER_SIGNATURES_MISSING'))
    assert.equal(store.current?.number, 2)
    assert.equal(toHex(store.signed(2)?.body ?? fromHex('')), toHex(encodeCharter(second)))
  })

  test('a missing charter and a gap are refused', () => {
    const disk = newDisk()
    const store = new CharterStore(disk, folder)
    store.append(signed)
    const third = voted(second, actOf(carol, { kind: 'leave' }, [carol]), [alice, bob])
    assert.throws(() => store.append(third), reason('number'))
    store.append(voted(first, act, [alice, bob]))
    disk.removeFile(pathFromText('/data/charters/charter-00000001.cbor'))
    assert.throws(() => new CharterStore(disk, folder), codeIs('CHARTER_CHAIN_BROKEN', { number: 1 }))
  })
})
