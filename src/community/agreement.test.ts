/** What must never happen, whatever fails or lies: two charters of one number without somebody who broke its word. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf, HOUR_MS, pathFromText, silentLog, toHex, writeDurably } from '#base'
import { MemoryDisk, PowerCut, simRandom } from '#base/sim'
import { type Charter, verifyChain } from '#community'
import { codeIs } from '../../test/conformance/transport.ts'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import { Acceptor, type Proposal } from './acceptor.ts'
import { nextCharter } from './apply.ts'
import { type Ballot, compareBallots, signPromise, signProposal, verifyPromise } from './ballot.ts'
import { charterHash, encodeCharter } from './charter.ts'
import { PATHS } from './protocol.ts'
import {
  actOf,
  ballotOf,
  founded,
  founding,
  hashesOf,
  inviteOf,
  type LivingBox,
  rename,
  START_MS,
  signerOf,
  townOf,
  voted,
} from './test-community.ts'

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => testBox(name)) as [TestBox, TestBox, TestBox]
const people = [alice, bob, carol]
const first = founding(people)
const chain = verifyChain([founded(first, people)])
const community = first.community
const FOLDER = pathFromText('/data/community')
const reason = (name: string) => codeIs('PROPOSAL_REFUSED', { reason: name })

const bodyOf = (by: TestBox, text: string, at = START_MS) =>
  encodeCharter(nextCharter(first, inviteOf(by, text, people), at))
const [one, two] = [bodyOf(alice, 'one'), bodyOf(bob, 'two')]

function acceptorOf(of: TestBox, disk = new MemoryDisk({ clock: { wall: () => START_MS } })): Acceptor {
  const clock = { wall: () => START_MS, monotonic: () => 0 } as never
  return new Acceptor({ disk, clock, log: silentLog, chain: () => chain, signer: () => signerOf(of) }, FOLDER)
}

type Claimed = { ballot: Ballot; body: Uint8Array } | null

function promiseOf(of: TestBox, ballot: Ballot, claimed: Claimed = null) {
  const accepted = claimed === null ? null : { ballot: claimed.ballot, charter: charterHash(claimed.body) }
  return signPromise(signerOf(of), { community, number: 2, ballot, accepted })
}

function proposed(by: TestBox, ballot: Ballot, body: Uint8Array) {
  return signProposal(signerOf(by), { community, number: 2, ballot, charter: charterHash(body) })
}

/** A proposal with these promises, as an honest proposer makes it. */
function proposalOf(by: TestBox, count: number, body: Uint8Array, from: readonly TestBox[] = [alice, bob]): Proposal {
  const ballot = ballotOf(by, count)
  const promises = from.map((voter) => promiseOf(voter, ballot))
  return { ballot, body, proof: { promises, proposals: [proposed(by, ballot, body)] } }
}

/** A proposal in ballot 2 that is bound to what an acceptor claims; in the ballot before, all were free. */
function boundTo(claimed: { ballot: Ballot; body: Uint8Array }, by: TestBox): Proposal {
  const ballot = ballotOf(by, 2)
  const [liar, other] = people.filter((voter) => voter !== alice) as [TestBox, TestBox]
  const promises = [promiseOf(liar, ballot, claimed), promiseOf(other, ballot)]
  const before = [promiseOf(liar, claimed.ballot), promiseOf(other, claimed.ballot)]
  const proposer = people.find(({ box }) => box === claimed.ballot.box) as TestBox
  const proposals = [proposed(by, ballot, claimed.body), proposed(proposer, claimed.ballot, claimed.body)]
  return { ballot, body: claimed.body, proof: { promises: [...promises, ...before], proposals } }
}

describe('an acceptor', () => {
  test('promises rising ballots, and says what it voted for', () => {
    const acceptor = acceptorOf(alice)
    const given = acceptor.promise(2, ballotOf(bob, 5))
    assert.equal(verifyPromise(given.promise, alice.organisation).accepted, null)
    assert.throws(() => acceptor.promise(2, ballotOf(bob, 4)), codeIs('BALLOT_REFUSED', { count: 5 }))
    assert.throws(() => acceptor.accept(2, proposalOf(alice, 4, one)), codeIs('BALLOT_REFUSED'))
    acceptor.accept(2, proposalOf(bob, 5, one))
    const later = acceptor.promise(2, ballotOf(alice, 6))
    assert.equal(verifyPromise(later.promise, alice.organisation).accepted?.charter, charterHash(one))
    assert.equal(toHex(later.accepted?.body ?? new Uint8Array(0)), toHex(one))
    assert.throws(() => acceptor.promise(2, ballotOf(alice, 6 + 2 ** 21)), reason('ballot-step'))
    assert.throws(() => acceptor.promise(3, ballotOf(alice, 7)), codeIs('CHARTER_BEHIND'))
    assert.throws(() => acceptor.promise(1, ballotOf(alice, 7)), codeIs('CHARTER_DECIDED'))
  })

  test('votes only for what more than half of the acceptors have made room for, in their own words', () => {
    const acceptor = acceptorOf(carol)
    const good = proposalOf(bob, 1, one)
    const { ballot, body, proof } = good
    const [own = promiseOf(alice, ballot)] = proof.promises
    const refused = (why: string, changed: Partial<Proposal['proof']>) =>
      assert.throws(() => acceptor.accept(2, { ballot, body, proof: { ...proof, ...changed } }), reason(why))
    refused('promises-missing', { promises: [own] })
    refused('promises-missing', { promises: [own, own] })
    refused('promises-missing', { promises: [own, promiseOf(bob, ballotOf(alice, 1))] })
    refused('promise-stranger', { promises: [own, promiseOf(testBox('alice', { box: '55'.repeat(16) }), ballot)] })
    refused('not-proposed', { proposals: [] })
    refused('not-proposed', { proposals: [proposed(bob, ballotOf(bob, 2), body)] })
    refused('proposal-other', { proposals: [proposed(alice, ballot, body)] })
    refused('proposer-forked', { proposals: [proposed(bob, ballot, body), proposed(bob, ballot, two)] })
    const other = signPromise(signerOf(bob), { community: '99'.repeat(16), number: 2, ballot, accepted: null })
    refused('proof-other', { promises: [own, other] })
    const forged = { ...promiseOf(bob, ballot), signature: new Uint8Array(64) }
    assert.throws(
      () => acceptor.accept(2, { ballot, body, proof: { ...proof, promises: [own, forged] } }),
      codeIs('SIGNATURE_INVALID'),
    )
    acceptor.accept(2, good)
  })

  test('votes again only for what may have been chosen', () => {
    const acceptor = acceptorOf(alice)
    const before = proposalOf(bob, 1, one)
    const vote = acceptor.accept(2, before)
    assert.deepEqual(acceptor.accept(2, before).signature, vote.signature)
    // In the same ballot, a second charter.
    assert.throws(() => acceptor.accept(2, proposalOf(bob, 1, two)), reason('proposer-forked'))
    // Later, with promises of others who say that they voted for nothing: it knows better.
    assert.throws(() => acceptor.accept(2, proposalOf(carol, 2, two, [bob, carol])), reason('voted-already'))
    // With its own word left out of what is shown, or replaced by a lie.
    const ballot = ballotOf(carol, 3)
    const lie = { ballot: ballotOf(carol, 2), body: two }
    const promises = [promiseOf(bob, ballot), promiseOf(carol, ballot, lie)]
    const proposals = [proposed(carol, ballot, two), proposed(carol, lie.ballot, two)]
    assert.throws(
      () => acceptor.accept(2, { ballot, body: two, proof: { promises, proposals } }),
      reason('promises-missing'),
    )
    // A claim that leans on promises: of ballot 2, where bob and carol were free.
    const founded_ = [...promises, promiseOf(bob, lie.ballot), promiseOf(carol, lie.ballot)]
    acceptor.accept(2, { ballot, body: two, proof: { promises: founded_, proposals } })
  })

  test('whoever is shown a claim must follow it, and a claim must have been proposed by whose ballot it was', () => {
    const acceptor = acceptorOf(carol)
    const ballot = ballotOf(bob, 2)
    const claimed = { ballot: ballotOf(alice, 1), body: one }
    const promises = [
      promiseOf(alice, ballot, claimed),
      promiseOf(bob, ballot),
      promiseOf(alice, claimed.ballot),
      promiseOf(bob, claimed.ballot),
    ]
    const withOwn = (body: Uint8Array, more: Proposal['proof']['proposals']) =>
      acceptor.accept(2, { ballot, body, proof: { promises, proposals: [proposed(bob, ballot, body), ...more] } })
    assert.throws(() => withOwn(two, [proposed(alice, claimed.ballot, one)]), reason('other-chosen'))
    assert.throws(() => withOwn(one, []), reason('not-proposed'))
    withOwn(one, [proposed(alice, claimed.ballot, one)])
  })

  test('a charter that breaks the rules, an invitation that is over and an act of long ago get no vote', () => {
    const acceptor = acceptorOf(carol)
    const few = inviteOf(alice, 'few', [alice, bob])
    const next = nextCharter(first, few, START_MS)
    const forged = encodeCharter({ ...next, members: next.members.slice(1) })
    assert.throws(
      () => acceptor.accept(2, proposalOf(bob, 1, forged)),
      codeIs('CHARTER_INVALID', { reason: 'not-by-its-act' }),
    )
    const content = { kind: 'leave' } as const
    const old = encodeCharter(
      nextCharter(first, actOf(alice, content, [alice], START_MS - 31 * 24 * HOUR_MS), START_MS),
    )
    assert.throws(() => acceptor.accept(2, proposalOf(bob, 1, old)), reason('act-old'))
    // Where it may have been chosen, its age is no reason: nothing else could ever be agreed on.
    acceptor.accept(2, boundTo({ ballot: ballotOf(alice, 1), body: old }, bob))
  })

  test('nothing that is dated a day ahead gets a vote, bound or free', () => {
    const acceptor = acceptorOf(carol)
    const ahead = START_MS + 25 * HOUR_MS
    const act = actOf(alice, { kind: 'leave' }, [alice], ahead)
    for (const [why, body] of [
      ['charter-ahead', bodyOf(alice, 'ahead', ahead)],
      ['act-ahead', encodeCharter(nextCharter(first, act, START_MS))],
    ] as const) {
      assert.throws(() => acceptor.accept(2, proposalOf(bob, 1, body)), reason(why))
      assert.throws(() => acceptor.accept(2, boundTo({ ballot: ballotOf(alice, 1), body }, bob)), reason(why))
    }
    acceptor.accept(2, proposalOf(bob, 1, bodyOf(alice, 'near', START_MS + 23 * HOUR_MS)))
  })

  test('of two charters that one box proposed in one ballot, none is built on against its own vote', () => {
    const acceptor = acceptorOf(alice)
    acceptor.accept(2, proposalOf(bob, 1, one))
    assert.throws(
      () => acceptor.accept(2, boundTo({ ballot: ballotOf(bob, 1), body: two }, carol)),
      codeIs('PROPOSAL_REFUSED', { reason: 'proposer-forked', box: bob.box }),
    )
  })

  test('damage of what it remembers is as if it had forgotten', () => {
    const disk = new MemoryDisk({ clock: { wall: () => START_MS } })
    acceptorOf(alice, disk).promise(2, ballotOf(bob, 5))
    writeDurably(disk, FOLDER, 'acceptor.cbor', new Uint8Array(40).fill(0xff))
    const acceptor = acceptorOf(alice, disk)
    assert.ok(acceptor.forgot)
    assert.throws(() => acceptor.promise(2, ballotOf(bob, 6)), codeIs('ACCEPTOR_REFUSED', { reason: 'forgot' }))
  })

  test('only the first box of an organisation has a voice', () => {
    const second = acceptorOf(testBox('alice', { box: '66'.repeat(16) }))
    assert.throws(() => second.promise(2, ballotOf(bob)), codeIs('ACCEPTOR_REFUSED', { reason: 'not-acceptor' }))
  })

  test('a power cut at any disk call loses no promise and no vote that was given', () => {
    const random = simRandom('cuts')
    let [crashes, cut] = [0, true]
    for (let call = 1; cut; call++) {
      for (let luck = 0; luck < 4; luck++) {
        cut = crashAt(call, random.fork(`${call} ${luck}`))
        if (cut) crashes++
      }
    }
    assert.ok(crashes > 60, String(crashes))
  })
})

/** Promises, votes, promises again on a disk whose power goes at a call; then asks what is left. Whether it went. */
function crashAt(call: number, random: ReturnType<typeof simRandom>): boolean {
  const disk = new MemoryDisk({ clock: { wall: () => START_MS } })
  acceptorOf(alice, disk)
  disk.resetCalls()
  disk.cutPowerAt(call)
  const said: { promised: Ballot | null; voted: Ballot | null } = { promised: null, voted: null }
  let cut = false
  try {
    const acceptor = acceptorOf(alice, disk)
    for (const [count, body] of [
      [1, one],
      [2, null],
      [3, one],
      [4, null],
    ] as const) {
      acceptor.promise(2, ballotOf(bob, count))
      said.promised = ballotOf(bob, count)
      if (body === null) continue
      acceptor.accept(2, count === 1 ? proposalOf(bob, 1, body) : again(count, body))
      said.voted = ballotOf(bob, count)
    }
  } catch (error) {
    if (!(error instanceof PowerCut) && codeOf(error) !== 'POWER_CUT') throw error
    cut = true
  }
  if (cut) disk.powerCut(random)
  disk.resetCalls()
  const after = acceptorOf(alice, disk)
  if (said.promised !== null) {
    const lower = { ...said.promised, count: said.promised.count - 1 || 1, box: '00'.repeat(16) }
    assert.throws(() => after.promise(2, lower), codeIs('BALLOT_REFUSED'))
  }
  const { accepted } = verifyPromise(after.promise(2, ballotOf(carol, 9)).promise, alice.organisation)
  if (said.voted !== null) {
    assert.equal(accepted?.charter, charterHash(one))
    assert.ok(accepted !== null && compareBallots(accepted.ballot, said.voted) >= 0)
  }
  return cut
}

/** Ballot 3, in which alice has to be followed. */
function again(count: number, body: Uint8Array): Proposal {
  const ballot = ballotOf(bob, count)
  const claimed = { ballot: ballotOf(bob, 1), body }
  const promises = [promiseOf(alice, ballot, claimed), promiseOf(bob, ballot)]
  const before = [promiseOf(alice, claimed.ballot), promiseOf(bob, claimed.ballot)]
  const proposals = [proposed(bob, ballot, body), proposed(bob, claimed.ballot, body)]
  return { ballot, body, proof: { promises: [...promises, ...before], proposals } }
}

describe('a community', () => {
  test('a proposer that dies in the middle: whoever acts next carries its charter through first', async () => {
    const { town, boxes } = await townOf('dies', 'alice', 'bob', 'carol')
    const [a, b, c] = boxes as [LivingBox, LivingBox, LivingBox]
    // Its vote is asked for and given, and the answer never comes.
    for (const box of [b, c]) {
      box.meddle = async ({ path }, answer) => {
        const response = await answer()
        return path === PATHS.accept ? new Promise(() => undefined) : response
      }
    }
    const lost = rename(a, 'of the dead')
    lost.catch(() => undefined)
    await town.clock.runFor(5_000)
    town.net.down('alice')
    for (const box of [b, c]) box.meddle = undefined
    const outcome = await town.run(rename(b, 'of the living'))
    assert.equal(outcome.state, 'done')
    await town.clock.runFor(20_000)
    const names = c.program.store.current?.members.flatMap((member) => member.boxes.map(({ name }) => name))
    assert.deepEqual(names, ['of the dead', 'of the living', 'carol'])
    assert.deepEqual(hashesOf(b), hashesOf(c))
    assert.equal(hashesOf(b).length, 3)
  })

  test('who signs two charters of one number is named by all who see both, over a restart too', async () => {
    const { town, boxes } = await townOf('double', 'alice', 'bob', 'mallory')
    const [a, b, m] = boxes as [LivingBox, LivingBox, LivingBox]
    const [pa, pb, pm] = [a.person, b.person, m.person]
    const parent = a.program.store.current as Charter
    town.partition([a], [b])
    a.program.store.append(voted(parent, inviteOf(pa, 'left', [pa, pm]), [pa, pm]))
    b.program.store.append(voted(parent, inviteOf(pb, 'right', [pb, pm]), [pb, pm]))
    town.net.healAll()
    await town.clock.runFor(HOUR_MS)
    await town.rounds([a, b])
    for (const box of [a, b]) {
      const alarm = { number: 2, signedBoth: [pm.organisation] }
      assert.deepEqual(box.program.keeper.alarms, [alarm])
      assert.ok(box.events.includes('community.charter.conflict'))
      const kept = hashesOf(box)
      await town.run(town.restart(box))
      assert.deepEqual(box.program.keeper.alarms, [alarm])
      assert.deepEqual(hashesOf(box), kept)
    }
  })

  test('a member that lies in its promises stops nobody and changes nothing', async () => {
    const { town, boxes } = await townOf('liar', 'alice', 'bob', 'carol', 'mallory')
    const [a, , , m] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox]
    m.meddle = async ({ path }, answer) => {
      const response = await answer()
      if (path !== PATHS.promise && path !== PATHS.accept) return response
      const body = Uint8Array.from(response.body)
      body[body.byteLength - 9] = (body[body.byteLength - 9] ?? 0) ^ 1
      return { ...response, body }
    }
    const outcome = await town.run(rename(a, 'new'))
    assert.equal(outcome.state, 'done')
    m.meddle = undefined
    await town.rounds()
    for (const box of boxes) assert.deepEqual(hashesOf(box), hashesOf(a))
  })
})

test('a box whose clock was ten years ahead leaves nothing behind that binds the others', async () => {
  const { town, boxes } = await townOf('clock ahead', 'alice', 'bob', 'carol')
  const [a, b, c] = boxes as [LivingBox, LivingBox, LivingBox]
  c.clock.setWallOffset(87_600 * HOUR_MS)
  assert.equal((await town.run(rename(c, 'later'))).state, 'pending')
  c.clock.setWallOffset(0)
  town.partition([b], [a, c])
  // The vote of the box that was ahead is needed now.
  assert.equal((await town.run(rename(a, 'today'))).state, 'done')
})
