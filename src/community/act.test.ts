import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boxesOf, type Charter, findBox, verifyChain } from '#community'
import { codeIs } from '../../test/conformance/transport.ts'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import { nextCharter } from './apply.ts'
import { actOf, admitOf, founded, founding, inviteKeys, inviteOf, START_MS, voted } from './test-community.ts'

const people = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => testBox(name))
const [alice, bob, carol, dave, erin] = people as [TestBox, TestBox, TestBox, TestBox, TestBox]
const mallory = testBox('mallory')
const reason = (name: string) => codeIs('CHARTER_INVALID', { reason: name })

const revoke = (text: string) => ({ kind: 'revoke-invitation', key: inviteKeys(text).key }) as const

describe('acts', () => {
  const four = [alice, bob, carol, dave]
  const parent = founding(four)
  const next = (act: Parameters<typeof nextCharter>[1], at = START_MS, from = parent) => nextCharter(from, act, at)
  const few = (approvals: number, needed: number) => codeIs('ACT_APPROVALS_MISSING', { approvals, needed })

  test('an invitation needs approvals of more than half, and of whom it is by', () => {
    const open = next(inviteOf(alice, 'erin', [alice, bob, carol]))
    assert.deepEqual(
      open.invitations?.map(({ key, by }) => [key, by]),
      [[inviteKeys('erin').key, alice.organisation]],
    )
    assert.throws(() => next(inviteOf(alice, 'erin', [alice, bob])), few(2, 3))
    assert.throws(() => next(inviteOf(alice, 'erin', [bob, carol, dave])), reason('act-unsigned'))
    assert.throws(() => next(inviteOf(alice, 'erin', [alice, bob, bob])), reason('approval-twice'))
    assert.throws(() => next(inviteOf(alice, 'erin', [alice, bob, mallory])), reason('member-unknown'))
    assert.throws(() => next(inviteOf(mallory, 'erin', [alice, bob, carol])), reason('member-unknown'))
    const recovery = testBox('carol', { role: 'recovery' })
    assert.throws(() => next(inviteOf(alice, 'erin', [alice, bob, recovery])), reason('signer-role'))
  })

  test('an approval of one act is none of another', () => {
    const [one, other] = [inviteOf(alice, 'one', [alice, bob, carol]), inviteOf(alice, 'two', [alice, bob, carol])]
    assert.throws(() => next({ ...one, approvals: other.approvals }), codeIs('STATEMENT_INVALID'))
  })

  test('an invitation holds for 48 hours at most, and what is over makes room', () => {
    const key = inviteKeys('long').key
    const until = START_MS + 50 * 3_600_000
    const long = actOf(alice, { kind: 'invite', key, until }, [alice, bob, carol])
    assert.throws(() => next(long), reason('invitation-until'))
    const short = actOf(alice, { kind: 'invite', key, until: START_MS + 2000 }, [alice, bob, carol], START_MS)
    const later = actOf(
      bob,
      { kind: 'invite', key: inviteKeys('b').key, until: START_MS + 9000 },
      [alice, bob, carol],
      START_MS + 3000,
    )
    const both = next(later, START_MS, next(short))
    assert.deepEqual(
      both.invitations?.map((one) => one.key),
      [inviteKeys('b').key],
    )
  })

  test('an invitation admits exactly the one who signs for itself, once, before it is over', () => {
    const open = next(inviteOf(alice, 'erin', [alice, bob, carol]))
    const joined = next(admitOf(erin, 'erin'), START_MS, open)
    assert.deepEqual(
      joined.members.map(({ organisation }) => organisation),
      people.map(({ organisation }) => organisation),
    )
    assert.equal(joined.invitations, undefined)
    assert.throws(() => next(admitOf(mallory, 'erin'), START_MS, joined), reason('invitation-unknown'))
    assert.throws(() => next(admitOf(erin, 'other'), START_MS, open), reason('invitation-unknown'))
    assert.throws(() => next(admitOf(erin, 'erin'), START_MS + 3_700_000, open), reason('invitation-expired'))
    assert.throws(() => next(admitOf(dave, 'erin'), START_MS, open), reason('member-already'))
    const { invitation: _, ...unsigned } = admitOf(erin, 'erin')
    assert.throws(() => next(unsigned, START_MS, open), reason('invitation-missing'))
    const [other, own] = [admitOf(mallory, 'erin'), admitOf(erin, 'erin')]
    assert.throws(
      () => next({ ...own, invitation: other.invitation as Uint8Array }, START_MS, open),
      codeIs('SIGNATURE_INVALID'),
    )
    // Somebody else's box, with a certificate of somebody else.
    assert.throws(() => next({ ...own, approvals: other.approvals }, START_MS, open), codeIs('CERTIFICATE_INVALID'))
    const borrowed = admitOf(erin, 'erin', { box: { box: alice.box, name: 'x', addresses: [] } })
    assert.throws(() => next(borrowed, START_MS, open), reason('signer-other'))
    const under = testBox('erin', { box: alice.box })
    const asAlice = admitOf(under, 'erin', { box: { box: alice.box, name: 'x', addresses: [] } })
    assert.throws(() => next(asAlice, START_MS, open), reason('box-twice'))
  })

  test('who made an invitation takes it back alone; others need as many as for making one', () => {
    const open = next(inviteOf(alice, 'erin', [alice, bob, carol]))
    assert.equal(next(actOf(alice, revoke('erin'), [alice]), START_MS, open).invitations, undefined)
    assert.throws(() => next(actOf(bob, revoke('erin'), [bob]), START_MS, open), few(1, 3))
    next(actOf(bob, revoke('erin'), [bob, carol, dave]), START_MS, open)
    assert.throws(() => next(actOf(alice, revoke('none'), [alice]), START_MS, open), reason('invitation-unknown'))
  })

  test('a box changes its own name and addresses, and no other box', () => {
    const box = { box: bob.box, name: 'New', addresses: ['new.example:1'] }
    const changed = next(actOf(bob, { kind: 'addresses', box }, [bob]))
    assert.deepEqual(findBox(changed, bob.box)?.addresses, ['new.example:1'])
    assert.throws(() => next(actOf(alice, { kind: 'addresses', box }, [alice])), reason('signer-other'))
    const unlisted = testBox('bob', { box: '44'.repeat(16) })
    const foreign = { ...box, box: unlisted.box }
    assert.throws(() => next(actOf(unlisted, { kind: 'addresses', box: foreign }, [unlisted])), reason('box-unknown'))
  })

  test('an organisation adds boxes of its own, eight in all', () => {
    let current = parent
    for (let count = 2; count <= 9; count++) {
      const id = String(count).repeat(32)
      const box = testBox('alice', { box: id })
      const act = actOf(box, { kind: 'box', box: { box: id, name: 'More', addresses: [] } }, [box])
      if (count === 9) assert.throws(() => nextCharter(current, act, START_MS), reason('boxes-of-member'))
      else current = nextCharter(current, act, START_MS)
    }
    assert.equal(boxesOf(current).length, 11)
  })

  test('a box of the organisation takes another one out, in whatever state that is; not the last one, and none of others', () => {
    const id = '22'.repeat(16)
    const second = testBox('alice', { box: id })
    const both = next(actOf(second, { kind: 'box', box: { box: id, name: 'More', addresses: [] } }, [second]))
    const remove = (by: typeof alice, box: string) => actOf(by, { kind: 'remove-box', box }, [by])
    const left = next(remove(second, alice.box), START_MS, both)
    assert.deepEqual(
      boxesOf(left)
        .map(({ box }) => box)
        .sort(),
      [id, bob.box, carol.box, dave.box].sort(),
    )
    assert.throws(() => next(remove(second, second.box), START_MS, left), reason('last-box'))
    assert.throws(() => next(remove(second, bob.box), START_MS, both), reason('box-unknown'))
    assert.throws(
      () => next(remove(testBox('alice', { box: '44'.repeat(16) }), id), START_MS, both),
      reason('box-unknown'),
    )
  })

  test('who is about to leave says so in its own entry, and may take it back', () => {
    const box = { box: bob.box, name: 'bob', addresses: [] }
    const leaving = next(actOf(bob, { kind: 'addresses', box: { ...box, leaving: 7 } }, [bob]))
    assert.equal(findBox(leaving, bob.box)?.leaving, 7)
    const stays = next(actOf(bob, { kind: 'addresses', box }, [bob]), START_MS, leaving)
    assert.deepEqual(findBox(stays, bob.box), { ...box, organisation: bob.organisation })
    const act = { kind: 'addresses', box: { ...box, leaving: 7 } } as const
    assert.throws(() => next(actOf(alice, act, [alice])), reason('signer-other'))
  })

  test('who leaves signs it; the last one stays; a code that became too wide gives way to the table', () => {
    const left = next(actOf(bob, { kind: 'leave' }, [bob]))
    assert.deepEqual(
      left.members.map(({ organisation }) => organisation),
      [alice, carol, dave].map((one) => one.organisation),
    )
    assert.throws(() => next(actOf(bob, { kind: 'leave' }, [carol])), codeIs('CERTIFICATE_INVALID'))
    const unlisted = testBox('bob', { box: '44'.repeat(16) })
    assert.throws(() => next(actOf(bob, { kind: 'leave' }, [unlisted])), reason('box-unknown'))
    const wide = founding(four, { code: { n: 3, k: 2 } })
    assert.equal(nextCharter(wide, actOf(bob, { kind: 'leave' }, [bob]), START_MS).code, null)
    const alone = founding([alice])
    assert.throws(() => nextCharter(alone, actOf(alice, { kind: 'leave' }, [alice]), START_MS), reason('last-member'))
  })

  test('the one to be expelled counts among all and is not heard; of two nobody is expelled', () => {
    const out = { kind: 'expel', organisation: dave.organisation } as const
    const expelled = next(actOf(alice, out, [alice, bob, carol]))
    assert.equal(expelled.expelled, dave.organisation)
    assert.equal(expelled.members.length, 3)
    assert.throws(() => next(actOf(alice, out, [alice, bob])), few(2, 3))
    assert.throws(() => next(actOf(alice, out, [alice, bob, dave])), reason('approval-unheard'))
    const chain = verifyChain([founded(parent, four)])
    const current = chain.current?.charter as Charter
    const act = actOf(alice, out, [alice, bob, carol])
    assert.throws(
      () => chain.verify(voted(current, act, [alice, bob, dave])),
      codeIs('CHARTER_SIGNATURES_MISSING', { signed: 2, needed: 3 }),
    )
    chain.append(voted(current, act, [alice, bob, carol]))
    assert.deepEqual(
      [...chain.departures.values()],
      [{ organisation: dave.organisation, how: 'expelled', number: 2, at: START_MS }],
    )
    const two = founding([alice, bob])
    const other = actOf(alice, { kind: 'expel', organisation: bob.organisation }, [alice])
    assert.throws(() => nextCharter(two, other, START_MS), few(1, 2))
  })

  test('what an organisation has begun goes with it', () => {
    const open = next(inviteOf(bob, 'erin', [alice, bob, carol]))
    assert.equal(next(actOf(bob, { kind: 'leave' }, [bob]), START_MS, open).invitations, undefined)
  })
})
