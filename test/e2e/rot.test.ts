import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RecoverResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { type Box, Town } from './town.ts'

test('a host whose files rot serves what is good, says what is not, and gets it back from the owner', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const source = town.path('source')
  mkdirSync(source)
  const { owner, hosts } = await town.founded(5)
  const [rotting, sound, stateless] = hosts as [Box, Box, Box]
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  for (let part = 0; part < 2; part++) {
    writeFiles(chance, source, 100_000, `part-${part}/`)
    await town.take(owner)
    await town.whole(owner)
  }
  const good = kept(sound, owner)
  assert.equal(kept(rotting, owner).log, good.log)

  flip(chance, rotting, owner, 'log/00000000.log')
  flip(chance, rotting, owner, 'heads/0000000002.cbor')
  await town.kill(rotting)
  await town.run(rotting)
  await town.whole(owner)
  assert.match(town.logOf(rotting), /hosted\.log\.damaged/)
  assert.match(town.logOf(rotting), /hosted\.head\.damaged/)
  assert.equal(kept(rotting, owner).log, good.log)
  assert.deepEqual(kept(rotting, owner).heads, good.heads)

  flip(chance, stateless, owner, 'state.cbor')
  await town.kill(stateless)
  await town.run(stateless)
  await town.destroy(owner)
  const data = town.path('recovered')
  const result = await town.ok<RecoverResult>([
    'recover',
    '--words',
    owner.words,
    '--peer',
    rotting.address,
    '--data',
    data,
  ])
  assert.equal(result.newest, true)
  assert.deepEqual(
    result.answered,
    hosts
      .filter((host) => host !== stateless)
      .map(({ root }) => root)
      .sort(),
  )
  assert.match(town.logOf(stateless), /hosted\.owner\.damaged/)
  await town.ok(['restore', 'latest', town.path('back'), '--data', data])
  await assertSame(source, town.path('back'))
})

function folderOf(host: Box, owner: Box, ...names: string[]): string {
  return join(host.data, 'hosting', owner.id, ...names)
}

function kept(host: Box, owner: Box): { log: string; heads: string[] } {
  return {
    log: readFileSync(folderOf(host, owner, 'log', '00000000.log')).toString('hex'),
    heads: readdirSync(folderOf(host, owner, 'heads')).filter((name) => name.endsWith('.cbor')),
  }
}

function flip(chance: Chance, host: Box, owner: Box, name: string): void {
  const path = folderOf(host, owner, name)
  const bytes = readFileSync(path)
  bytes[chance.below(bytes.byteLength)]! ^= 1 << chance.below(8)
  writeFileSync(path, bytes)
}
