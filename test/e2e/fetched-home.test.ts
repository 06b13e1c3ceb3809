import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Chance } from './material.ts'
import { Town } from './town.ts'

interface Hosting {
  readonly own: readonly { readonly bytes: number }[]
}

test('a box that came back and fetched its packs home sends only what is new', { timeout: 120_000 }, async (t) => {
  const town = new Town(t)
  const { owner, hosts } = await town.founded(3)
  const source = town.path('source')
  mkdirSync(source)
  writeFileSync(join(source, 'film.raw'), new Chance(t).bytes(4_000_000))
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  await town.take(owner)
  await town.run(owner)
  await town.whole(owner)
  await town.destroy(owner)
  const data = town.path('again')
  await town.ok(['recover', '--words', owner.words, '--peer', hosts[0]?.address ?? '', '--data', data])
  const back = { ...owner, data }
  await town.run(back)
  const kept = async (): Promise<number> => {
    const { own } = await town.ok<Hosting>(['hosting', 'show', '--data', data])
    return own.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  await town.whole(back)
  const before = await kept()
  assert.ok(before > 4_000_000)
  await town.ok(['vault', 'fetch', '--data', data])
  writeFileSync(join(source, 'note.txt'), 'one more\n')
  await town.take(back)
  await town.whole(back)
  const more = (await kept()) - before
  assert.ok(more < 1_000_000, `${more} bytes more`)
  await town.kill(back)
})
