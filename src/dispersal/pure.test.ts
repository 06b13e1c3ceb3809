import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeForBoxes, metadataCodeForBoxes } from '#coding'
import type { Charter } from '#community'
import { answersNeeded, protectedFrom, receiptsNeeded, stripeState } from './counting.ts'
import { buildStripe, reconstructPack } from './encode.ts'
import { codesFor, placementFor, withSpares } from './placement.ts'

test('receipts and answers that rule 4 asks for, with the codes of the table', () => {
  const table = Array.from({ length: 12 }, (_, index) => {
    const h = index + 1
    const { n, k } = codeForBoxes(h + 1)
    const receipts = receiptsNeeded(h, n, k)
    return [h, receipts, answersNeeded(h, receipts)]
  })
  assert.deepEqual(table, [
    [1, 1, 1],
    [2, 2, 1],
    [3, 2, 2],
    [4, 3, 2],
    [5, 4, 3],
    [6, 4, 4],
    [7, 5, 4],
    [8, 5, 5],
    [9, 5, 6],
    [10, 6, 6],
    [11, 6, 7],
    [12, 7, 7],
  ])
})

test('a witnessed head is always seen by enough of those who answer, one liar included', () => {
  for (let h = 1; h <= 63; h++) {
    const { n, k } = codeForBoxes(Math.min(64, h + 1))
    const receipts = receiptsNeeded(h, n, k)
    const witnesses = receipts + answersNeeded(h, receipts) - h
    assert.ok(witnesses >= Math.min(h >= 5 ? 2 : 1, receipts), `h = ${h}`)
    assert.ok(receipts <= h && answersNeeded(h, receipts) <= h)
  }
})

test('states of a stripe', () => {
  const code = { n: 9, k: 6 }
  assert.equal(protectedFrom(code), 8)
  assert.deepEqual(
    [7, 8, 9].map((hosts) => stripeState(hosts, code, 'data', code)),
    ['stored', 'protected', 'whole'],
  )
  const metadata = metadataCodeForBoxes(6)
  const data = codeForBoxes(6)
  assert.deepEqual(
    [2, 3, 4].map((hosts) => stripeState(hosts, metadata, 'metadata', data)),
    ['stored', 'protected', 'whole'],
  )
})

function charterOf(organisations: number, boxesEach: number): Charter {
  const id = (index: number, bytes: number) =>
    (index * 2_654_435_761 + 17)
      .toString(16)
      .padStart(bytes * 2, '0')
      .slice(-bytes * 2)
  return {
    format: 1,
    community: '07'.repeat(16),
    number: 1,
    previous: '00'.repeat(32),
    members: Array.from({ length: organisations }, (_, member) => ({
      organisation: id(member + 1, 32),
      name: `m${member}`,
      sealing: new Uint8Array(32),
      boxes: Array.from({ length: boxesEach }, (_, index) => ({
        box: id(1000 + member * boxesEach + index, 16),
        name: 'b',
        addresses: [],
      })),
    })),
    code: null,
    at: 0,
  }
}

test('hosts are distinct, never the owner, in failure groups, the same set for each stripe, and used evenly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 24 }), fc.integer({ min: 1, max: 2 }), (organisations, each) => {
      const charter = charterOf(organisations, each)
      const boxes = charter.members.flatMap((member) =>
        member.boxes.map(({ box }) => ({ box, member: member.organisation })),
      )
      const used = new Map<string, number>()
      for (const owner of boxes) {
        const { data } = codesFor(charter, owner.box)
        const one = placementFor({ charter, owner: owner.box, code: data, stripe: '00'.repeat(32) })
        const two = placementFor({ charter, owner: owner.box, code: data, stripe: '01'.repeat(32) })
        assert.deepEqual([...one.hosts].sort(), [...two.hosts].sort())
        assert.equal(new Set(one.hosts).size, one.code.n)
        const groups = Map.groupBy(one.hosts, (host) => boxes.find(({ box }) => box === host)?.member ?? '')
        assert.ok(!groups.has(owner.member))
        const most = Math.max(1, one.code.n - one.code.k)
        if ((organisations - 1) * Math.min(each, most) >= one.code.n) {
          for (const group of groups.values()) assert.ok(group.length <= most)
        }
        for (const host of one.hosts) used.set(host, (used.get(host) ?? 0) + 1)
      }
      if (each === 1) assert.equal(new Set(used.values()).size, 1, 'every box hosts for equally many')
    }),
    { numRuns: 60 },
  )
})

test('boxes that nobody can dial keep new packs only when there is no other', () => {
  const charter = charterOf(9, 1)
  const owner = charter.members[0]?.boxes[0]?.box ?? ''
  const request = { charter, owner, code: { n: 6, k: 3 }, stripe: '00'.repeat(32) }
  const usual = placementFor(request).hosts
  const [one, two] = usual
  const hard = new Set([one ?? '', two ?? ''])
  const { hosts } = placementFor({ ...request, hard })
  assert.ok(hosts.every((host) => !hard.has(host)))
  assert.deepEqual(
    usual.filter((host) => !hard.has(host)).toSorted(),
    hosts.filter((host) => usual.includes(host)).toSorted(),
  )
  const all = placementFor({ ...request, code: { n: 8, k: 5 }, hard }).hosts
  assert.equal(new Set(all).size, 8)
})

test('a code for more hosts than there are gives way to that of the table', () => {
  const charter = charterOf(4, 1)
  const owner = charter.members[0]?.boxes[0]?.box ?? ''
  assert.deepEqual(placementFor({ charter, owner, code: { n: 9, k: 6 }, stripe: '00'.repeat(32) }).code, {
    n: 3 - 1,
    k: 1,
  })
  assert.deepEqual(codesFor({ ...charter, code: { n: 3, k: 2 } }, owner).data, { n: 3, k: 2 })
})

test('any k fragments give the pack back, trimmed to its length', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 4 }),
      fc.infiniteStream(fc.nat()),
      (pack, k, parity, draws) => {
        const code = { n: k + parity, k }
        const { payloads, record } = buildStripe(
          { owner: '01'.repeat(16), stripe: '02'.repeat(32), class: 'data' },
          code,
          pack,
        )
        assert.equal(record.roots.length, code.n)
        const rows = Array.from({ length: code.n }, (_, row) => ({ row, order: draws.next().value ?? 0 }))
        const chosen = rows
          .sort((a, b) => a.order - b.order)
          .slice(0, k)
          .map(({ row }) => row)
        const have = chosen.map((row) => ({ row, bytes: payloads[row] as Uint8Array }))
        assert.deepEqual(Buffer.from(reconstructPack(code, have, pack.byteLength)), Buffer.from(pack))
      },
    ),
    { numRuns: 50 },
  )
})

test('a row that has gone elsewhere frees its place: another row may need it', () => {
  const ring = ['a', 'b', 'c', 'd', 'e'].map((box) => ({ box, organisation: box, name: box, addresses: [] }))
  const row = (index: number, host: string) => ({ row: index, host, at: 1 })
  const request = { ring, code: { n: 5, k: 3 }, absent: new Set(['x']) }
  const held = [row(0, 'a'), row(1, 'd'), row(2, 'c'), row(4, 'e')]
  assert.deepEqual(withSpares({ ...request, held }, ['a', 'b', 'c', 'x', 'e']), ['a', 'd', 'c', 'b', 'e'])
  const all = [row(0, 'a'), row(1, 'b'), row(2, 'c'), row(3, 'd'), row(4, 'e')]
  assert.equal(withSpares({ ...request, held: all }, ['a', 'b', 'c', 'd', 'e']), null)
  assert.equal(withSpares({ ...request, held: [] }, ['a', 'b', 'c', 'd', 'e']), null)
  const full = [row(0, 'b'), row(1, 'a')]
  const small = { ring: ring.slice(0, 2), code: { n: 3, k: 1 }, absent: new Set(['x']) }
  assert.deepEqual(withSpares({ ...small, held: full }, ['a', 'b', 'x']), ['b', 'a', 'x'])
  assert.equal(withSpares({ ...small, held: [row(0, 'b')] }, ['x', 'a', 'b']), null, 'no box is named twice')
})
