import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { CheckResult, DamagedFragment, RestoreResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { type Box, fragmentsAt, Town } from './town.ts'

const MiB = 1 << 20
/** 6 boxes: n − k of the code for data (4, 2); metadata bears more. */
const DAMAGED_A_STRIPE_MAX = 2

interface Fragment extends DamagedFragment {
  readonly path: string
  readonly row: number
}

test('one flipped bit anywhere in surviving fragments is detected, named, worked around and put right', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const source = town.path('source')
  mkdirSync(source)
  const { owner, hosts } = await town.founded(5)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  for (let part = 0; part < 3; part++) {
    writeFiles(chance, source, MiB, `part-${part}/`)
    await town.take(owner)
  }
  await town.whole(owner)

  const flipped = damage(chance, owner, hosts)
  t.diagnostic(`flipped in ${flipped.length} fragments`)
  const found = await town.ok<CheckResult>(['vault', 'check', '--data', owner.data], [1])
  assert.deepEqual(names(found.damaged), names(flipped))
  await town.whole(owner)
  assert.equal((await town.ok<CheckResult>(['vault', 'check', '--data', owner.data])).ok, true)

  const again = damage(chance, owner, hosts)
  await town.destroy(owner)
  const recovered = town.path('recovered')
  await town.ok(['recover', '--words', owner.words, '--peer', hosts[0]!.address, '--data', recovered])
  const restored = await town.ok<RestoreResult>(['restore', 'latest', town.path('back'), '--data', recovered])
  await assertSame(source, town.path('back'))
  assert.ok(restored.damaged.length > 0, 'the restore names no damage')
  const wrong = names(restored.damaged).filter((name) => !names(again).includes(name))
  assert.deepEqual(wrong, [], 'named, but not damaged')

  const back = { ...owner, data: recovered }
  await town.ok<CheckResult>(['vault', 'check', '--data', recovered], [1])
  await town.whole(back)
  const after = await town.ok<CheckResult>(['vault', 'check', '--data', recovered])
  assert.deepEqual(after.damaged, [])
})

/** One bit of up to n − k fragments of each stripe; a row that readers ask first is always among them. */
function damage(chance: Chance, owner: Box, hosts: readonly Box[]): Fragment[] {
  const byStripe = new Map<string, Fragment[]>()
  for (const host of hosts) {
    for (const { name, path } of fragmentsAt(host, owner)) {
      const [stripe = '', row] = name.split('.')
      byStripe.set(stripe, [...(byStripe.get(stripe) ?? []), { host: host.id, fragment: name, path, row: Number(row) }])
    }
  }
  assert.ok(byStripe.size >= 4, 'there are data and metadata stripes')
  const chosen = [...byStripe.values()].flatMap((rows) => {
    const first = chance.pick(
      rows.filter(({ row }) => row < 2),
      1,
    )
    const others = rows.filter((row) => !first.includes(row))
    return [...first, ...chance.pick(others, chance.below(DAMAGED_A_STRIPE_MAX))]
  })
  for (const { path } of chosen) flipBit(chance, path)
  return chosen
}

function flipBit(chance: Chance, path: string): void {
  const bytes = readFileSync(path)
  const header = 8 + bytes.readUInt32LE(4)
  const at = chance.below(2) === 0 ? chance.below(header) : header + chance.below(bytes.byteLength - header)
  bytes[at]! ^= 1 << chance.below(8)
  writeFileSync(path, bytes)
}

function names(fragments: readonly DamagedFragment[]): string[] {
  return fragments.map(({ host, fragment }) => `${host} ${fragment}`).sort()
}
