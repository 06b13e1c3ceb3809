import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Address, codeOf, HOUR_MS, pathFromText, writeDurably } from '#base'
import { decodeInvitation, encodeInvitation } from '#community'
import type { VisitOptions } from '#network'
import { codeIs } from '../../test/conformance/transport.ts'
import type { InviteOutcome } from './keeper.ts'
import { encodePage, encodeState, PATHS } from './protocol.ts'
import { hashesOf, type LivingBox, LivingTown, never } from './test-community.ts'

const CONTACTS = { contacts: ['alice:4600'] }

function invite(town: LivingTown, box: LivingBox, more: { validMs?: number; for?: string } = {}) {
  return town.run(box.program.keeper.invite({ contacts: [`${box.name}:4600`], ...more }, never))
}

/** As many boxes in one community, all running. */
async function townOf(seed: string, ...names: string[]): Promise<{ town: LivingTown; boxes: LivingBox[] }> {
  const town = new LivingTown(seed)
  const boxes = names.map((name) => town.add(name))
  await town.found(boxes)
  return { town, boxes }
}

function assertOneChain(boxes: readonly LivingBox[], count?: number): void {
  const [first, ...others] = boxes.map(hashesOf)
  for (const other of others) assert.deepEqual(other, first)
  if (count !== undefined) assert.equal(first?.length, count)
  for (const { program } of boxes) assert.deepEqual(program.keeper.alarms, [])
}

/** Approves on each of these boxes what waits there. */
async function approveAll(town: LivingTown, boxes: readonly LivingBox[]): Promise<void> {
  for (const { program } of boxes) {
    for (const { hash } of program.keeper.pending.list()) await town.run(program.keeper.approve(hash, never))
  }
}

describe('joining', () => {
  test('from one box to four: alone an invitation is open at once, later others approve', async () => {
    const { town, boxes } = await townOf('grow', 'alice')
    const [alice] = boxes as [LivingBox]
    const first = await invite(town, alice)
    assert.deepEqual([first.state, first.approvals, first.needed], ['done', 1, 1])
    const bob = town.add('bob')
    await town.run(town.join(bob, first.code))
    assertOneChain([alice, bob], 3)

    const second = await invite(town, bob, { for: 'Carol' })
    assert.deepEqual([second.state, second.approvals, second.needed], ['pending', 1, 2])
    await town.clock.runFor(1000)
    const carol = town.add('carol')
    await assert.rejects(town.run(town.join(carol, second.code)), codeIs('INVITATION_PENDING'))
    const waiting = alice.program.keeper.pending.list()
    assert.deepEqual(
      waiting.map(({ body }) => body.kind === 'invite' && body.for),
      ['Carol'],
    )
    const approved = await town.run(alice.program.keeper.approve(second.act, never))
    assert.deepEqual([approved.state, approved.approvals], ['done', 2])
    await town.run(town.join(carol, second.code))
    await town.clock.runFor(1000)
    assertOneChain([alice, bob, carol], 5)

    const third = await invite(town, carol)
    await town.clock.runFor(1000)
    await approveAll(town, [bob])
    const dave = town.add('dave')
    await town.run(town.join(dave, third.code))
    await town.clock.runFor(1000)
    assertOneChain([alice, bob, carol, dave], 7)
    assert.equal(alice.program.store.current?.members.length, 4)
  })

  test('a code opens once; asked again by the same box it gives the chain again', async () => {
    const { town, boxes } = await townOf('once', 'alice')
    const { code } = await invite(town, boxes[0] as LivingBox)
    const [bob, carol] = [town.add('bob'), town.add('carol')]
    await town.run(town.join(bob, code))
    await town.run(town.join(bob, code))
    await assert.rejects(town.run(town.join(carol, code)), codeIs('INVITATION_USED'))
    assert.equal(carol.program.store.current, undefined)
  })

  test('an invitation that is over, unknown, taken back or of another community is refused, each in its words', async () => {
    const { town, boxes } = await townOf('refused', 'alice')
    const [alice] = boxes as [LivingBox]
    const bob = town.add('bob')
    const short = await invite(town, alice, { validMs: 2 * HOUR_MS })
    await town.clock.runFor(2 * HOUR_MS)
    await assert.rejects(town.run(town.join(bob, short.code)), codeIs('INVITATION_EXPIRED'))
    const back = await invite(town, alice)
    await town.run(alice.program.keeper.propose({ kind: 'revoke-invitation', key: back.invitation }, never))
    await assert.rejects(town.run(town.join(bob, back.code)), codeIs('INVITATION_UNKNOWN'))
    await assert.rejects(town.run(town.join(bob, short.code)), codeIs('INVITATION_EXPIRED'))

    const own = decodeInvitation(back.code)
    const unknown = encodeInvitation({ ...own, secret: new Uint8Array(16).fill(1) })
    await assert.rejects(town.run(town.join(bob, unknown)), codeIs('INVITATION_UNKNOWN'))
    const foreign = encodeInvitation({ ...own, community: '99'.repeat(16) })
    await assert.rejects(town.run(town.join(bob, foreign)), codeIs('INVITATION_FOREIGN'))
    const nowhere = encodeInvitation({ ...own, contacts: ['nowhere:1'] })
    await assert.rejects(town.run(town.join(bob, nowhere)), codeIs('INVITATION_NO_CONTACT'))
  })

  test('who answers with another chain than the one that the code names is not believed', async () => {
    const { town, boxes } = await townOf('impostor', 'alice')
    const { code } = await invite(town, boxes[0] as LivingBox)
    const other = encodeInvitation({ ...decodeInvitation(code), charter: '12'.repeat(16) })
    const bob = town.add('bob')
    await assert.rejects(
      town.run(town.join(bob, other)),
      codeIs('INVITATION_NO_CONTACT', { cause: 'PEER_ANSWER_INVALID' }),
    )
    assert.equal(bob.program.store.current, undefined)
  })

  test('a proof that was made for another connection gets no word, and uses nothing up', async () => {
    const { town, boxes } = await townOf('stolen', 'alice')
    const [alice] = boxes as [LivingBox]
    const { code } = await invite(town, alice)
    const bob = town.add('bob')
    const { transport } = bob.program
    const stolen = (address: Address, options: VisitOptions) =>
      transport.visit(address, { ...options, message: () => options.message(new Uint8Array(32)) })
    const refused = codeIs('INVITATION_NO_CONTACT', { cause: 'PEER_REFUSED' })
    await assert.rejects(town.run(town.join(bob, code, { ...transport, visit: stolen })), refused)
    assert.equal(alice.program.store.current?.number, 2)
    await town.run(town.join(bob, code))
  })

  test('two joiners with one code at two doors: one of them is in, the other is told', async () => {
    const { town, boxes } = await townOf('race', 'alice', 'bob', 'carol')
    const [alice, bob] = boxes as [LivingBox, LivingBox]
    const outcome = await town.run(alice.program.keeper.invite(CONTACTS, never))
    await town.clock.runFor(1000)
    await approveAll(town, [bob])
    await town.clock.runFor(1000)
    const atBob = encodeInvitation({ ...decodeInvitation(outcome.code), contacts: ['bob:4600'] })
    const [dave, erin] = [town.add('dave'), town.add('erin')]
    const both = await town.run(Promise.allSettled([town.join(dave, outcome.code), town.join(erin, atBob)]))
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const late = both.find((one) => one.status === 'rejected')
    assert.equal(codeOf(late?.reason), 'INVITATION_USED')
    await town.rounds(boxes)
    assertOneChain(boxes)
    assert.equal(alice.program.store.current?.members.length, 4)
  })
})

describe('acts', () => {
  test('two administrators act at once: both acts get through', async () => {
    const { town, boxes } = await townOf('two', 'alice', 'bob', 'carol', 'dave', 'erin')
    const [alice, bob, carol, dave] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox]
    const [one, two] = await town.run(
      Promise.all([alice.program.keeper.invite(CONTACTS, never), bob.program.keeper.invite(CONTACTS, never)]),
    )
    await town.clock.runFor(1000)
    await town.run(Promise.all([carol, dave].map(({ program }) => program.keeper.approve(one.act, never))))
    await town.run(Promise.all([carol, dave].map(({ program }) => program.keeper.approve(two.act, never))))
    await town.rounds()
    await town.rounds()
    assertOneChain(boxes, 3)
    const keys = alice.program.store.current?.invitations?.map(({ key }) => key)
    assert.deepEqual(keys?.sort(), [one.invitation, two.invitation].sort())
  })

  test('five boxes that leave or change at the same moment all get through, one after the other', async () => {
    const { town, boxes } = await townOf('five', 'alice', 'bob', 'carol', 'dave', 'erin')
    const outcomes = await town.run(
      Promise.all(
        boxes.map(({ program, person, name }) =>
          program.keeper.propose(
            { kind: 'addresses', box: { box: person.box, name: `${name} anew`, addresses: [`${name}:4600`] } },
            never,
          ),
        ),
      ),
    )
    await town.rounds()
    await town.rounds()
    assert.equal(outcomes.length, 5)
    assertOneChain(boxes, 6)
    const names = boxes[0]?.program.store.current?.members.flatMap((member) => member.boxes.map(({ name }) => name))
    assert.deepEqual(names?.sort(), boxes.map(({ name }) => `${name} anew`).sort())
  })

  test('one leaves, another is expelled: both are told, and keep to what they were in', async () => {
    const { town, boxes } = await townOf('leave', 'alice', 'bob', 'carol', 'dave')
    const [alice, bob, carol, dave] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox]
    const left = await town.run(dave.program.keeper.propose({ kind: 'leave' }, never))
    assert.equal(left.state, 'done')
    await town.clock.runFor(20_000)
    const out = { kind: 'expel', organisation: carol.person.organisation } as const
    const expulsion = await town.run(alice.program.keeper.propose(out, never))
    assert.deepEqual([expulsion.state, expulsion.approvals, expulsion.needed], ['pending', 1, 2])
    await town.clock.runFor(20_000)
    await town.run(bob.program.keeper.approve(expulsion.act, never))
    await town.clock.runFor(20_000)
    assertOneChain([alice, bob, carol], 3)
    assert.deepEqual(hashesOf(dave), hashesOf(alice).slice(0, 2))
    await assert.rejects(town.run(carol.program.keeper.invite(CONTACTS, never)), codeIs('COMMUNITY_LEFT'))
    await town.rounds()
    assert.equal(alice.program.store.current?.members.length, 2)
  })

  test('nobody is expelled by half, nor by itself', async () => {
    const { town, boxes } = await townOf('half', 'alice', 'bob', 'carol', 'dave')
    const [alice, bob, carol, dave] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox]
    const out = { kind: 'expel', organisation: dave.person.organisation } as const
    await assert.rejects(town.run(dave.program.keeper.propose(out, never)), codeIs('EXPULSION_OWN'))
    const { act } = await town.run(alice.program.keeper.propose(out, never))
    await town.clock.runFor(1000)
    const second = await town.run(bob.program.keeper.approve(act, never))
    assert.deepEqual([second.state, second.approvals, second.needed], ['pending', 2, 3])
    await assert.rejects(town.run(dave.program.keeper.approve(act, never)), { code: 'EXPULSION_OWN' })
    await town.rounds()
    assertOneChain(boxes, 1)
    const third = await town.run(carol.program.keeper.approve(act, never))
    assert.equal(third.state, 'done')
  })

  test('who approved and left since does not make the approvals of others void', async () => {
    const { town, boxes } = await townOf('approver', 'alice', 'bob', 'carol', 'dave', 'erin')
    const [alice, bob, carol, dave] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox]
    const { act } = await town.run(alice.program.keeper.invite(CONTACTS, never))
    await town.clock.runFor(1000)
    await town.run(dave.program.keeper.approve(act, never))
    await town.clock.runFor(1000)
    assert.equal(alice.program.keeper.pending.find(act)?.approvals, 2)
    await town.run(dave.program.keeper.propose({ kind: 'leave' }, never))
    await town.clock.runFor(20_000)
    for (const box of [alice, bob]) assert.equal(box.program.keeper.pending.find(act)?.approvals, 1)
    await town.run(bob.program.keeper.approve(act, never))
    await town.clock.runFor(1000)
    assert.equal((await town.run(carol.program.keeper.approve(act, never))).state, 'done')
  })

  test('approvals meet in whatever order they travel, and survive a restart', async () => {
    const { town, boxes } = await townOf('travel', 'alice', 'bob', 'carol', 'dave', 'erin')
    const [alice, bob, carol] = boxes as [LivingBox, LivingBox, LivingBox]
    const { act } = await town.run(alice.program.keeper.invite(CONTACTS, never))
    await town.clock.runFor(1000)
    town.partition([alice], boxes.slice(1))
    await town.run(bob.program.keeper.approve(act, never))
    await town.run(town.restart(bob))
    assert.equal(bob.program.keeper.pending.find(act)?.approvals, 2)
    town.net.healAll()
    await town.run(carol.program.keeper.round(never))
    const done = await town.run(carol.program.keeper.approve(act, never))
    assert.equal(done.state, 'done')
    await town.rounds()
    assertOneChain(boxes, 2)
  })

  test('what nobody decided on in a month is forgotten', async () => {
    const { town, boxes } = await townOf('month', 'alice', 'bob', 'carol')
    const [alice, bob] = boxes as [LivingBox, LivingBox]
    const out = { kind: 'expel', organisation: boxes[2]?.person.organisation ?? '' } as const
    const { act } = await town.run(alice.program.keeper.propose(out, never))
    await town.clock.runFor(31 * 24 * HOUR_MS)
    await assert.rejects(town.run(bob.program.keeper.approve(act, never)))
  })
})

describe('partition', () => {
  test('both sides try to admit: only the majority side succeeds, and after healing all have one chain', async () => {
    const { town, boxes } = await townOf('partition', 'alice', 'bob', 'carol', 'dave', 'erin')
    const [alice, bob, carol, dave, erin] = boxes as [LivingBox, LivingBox, LivingBox, LivingBox, LivingBox]
    const open: InviteOutcome[] = []
    for (const box of [alice, erin]) {
      open.push(await invite(town, box))
      await town.clock.runFor(1000)
      await approveAll(town, [bob, carol])
      await town.clock.runFor(1000)
    }
    await town.rounds()
    assertOneChain(boxes, 3)
    const [major, minor] = [boxes.slice(0, 3), boxes.slice(3)]
    const [frank, grace] = [town.add('frank'), town.add('grace')]
    town.partition([...major, frank], [...minor, grace])
    await town.run(town.join(frank, open[0]?.code ?? ''))
    await assert.rejects(town.run(town.join(grace, open[1]?.code ?? '')), codeIs('AGREEMENT_TOO_FEW'))
    assert.equal(dave.program.store.current?.number, 3)
    assert.equal(alice.program.store.current?.number, 4)
    town.net.healAll()
    await town.clock.runFor(HOUR_MS)
    await town.rounds()
    await town.rounds()
    assertOneChain([...boxes, frank])
    await town.run(town.join(grace, open[1]?.code ?? ''))
    await town.rounds()
    assertOneChain([...boxes, frank, grace])
    assert.equal(alice.program.store.current?.members.length, 7)
  })

  test('in halves, neither side changes anything', async () => {
    const { town, boxes } = await townOf('halves', 'alice', 'bob', 'carol', 'dave')
    town.partition(boxes.slice(0, 2), boxes.slice(2))
    for (const box of [boxes[0], boxes[3]] as LivingBox[]) {
      const content = { box: box.person.box, name: 'New', addresses: [] }
      const outcome = await town.run(box.program.keeper.propose({ kind: 'addresses', box: content }, never))
      assert.equal(outcome.state, 'pending')
    }
    town.net.healAll()
    await town.clock.runFor(HOUR_MS)
    await town.rounds()
    await town.rounds()
    assertOneChain(boxes, 3)
  })
})

test('a box without its promises asks again when others have promised later ballots', async () => {
  const { town, boxes } = await townOf('outbid', 'alice', 'bob', 'carol')
  const [alice, bob] = boxes as [LivingBox, LivingBox]
  alice.program.keeper.acceptor.promise(2, { count: 50, box: alice.person.box })
  bob.program.keeper.acceptor.forget()
  await town.run(bob.program.keeper.round(never))
  assert.equal(bob.program.keeper.acceptor.forgot, false)
  assert.equal(bob.program.keeper.acceptor.promised?.count, 51)
})

test('a peer that says it has newer charters and always shows the first does not keep a box for ever', async () => {
  const { town, boxes } = await townOf('again', 'alice', 'bob', 'carol')
  const [alice, bob] = boxes as [LivingBox, LivingBox]
  let asked = 0
  bob.meddle = async (request, answer) => {
    if (request.path === PATHS.state) {
      const charter = alice.program.store.current
      return {
        status: 200,
        body: encodeState({ community: charter?.community ?? '', number: 9, hash: '00'.repeat(32), acts: [] }),
      }
    }
    if (!request.path.startsWith(PATHS.charters)) return await answer()
    asked++
    return { status: 200, body: encodePage(1, (number) => alice.program.store.signed(number)) }
  }
  const report = await town.run(alice.program.keeper.round(never))
  assert.equal(report.heard >= 2, true)
  assert.ok(asked < 5, String(asked))
})

test('a damaged note of when a majority was heard, or of evidence, does not keep a box from starting', async () => {
  const { town, boxes } = await townOf('notes', 'alice', 'bob')
  const [alice] = boxes as [LivingBox]
  await town.rounds()
  assert.notEqual(alice.program.keeper.majorityAt, null)
  for (const name of ['majority.cbor', 'rival-00000001.cbor']) {
    writeDurably(alice.disk, pathFromText('/data/community'), name, new Uint8Array(9).fill(0xff))
  }
  await town.run(town.restart(alice))
  assert.equal(alice.program.keeper.majorityAt, null)
  assert.equal(alice.events.filter((event) => event === 'community.alarm.damaged').length, 2)
})

test('a box that comes back without its promises asks the others before it votes again', async () => {
  const { town, boxes } = await townOf('forgot', 'alice', 'bob', 'carol')
  const [alice, bob, carol] = boxes as [LivingBox, LivingBox, LivingBox]
  bob.program.keeper.acceptor.forget()
  town.partition([alice], [carol])
  const box = { box: alice.person.box, name: 'New', addresses: ['alice:4600'] }
  const outcome = await town.run(alice.program.keeper.propose({ kind: 'addresses', box }, never))
  assert.equal(outcome.state, 'pending')
  town.net.healAll()
  await town.clock.runFor(HOUR_MS)
  await town.run(bob.program.keeper.round(never))
  assert.equal(bob.program.keeper.acceptor.forgot, false)
  await town.rounds()
  await town.rounds()
  assertOneChain(boxes, 2)
})
