import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathFromText } from '#base'
import { createBoxIn } from './create.ts'
import { readSettings } from './data-folder.ts'
import type { OperationName, Operations } from './operations.ts'
import { BoxTown } from './test-town.ts'

const AT = { zone: 'UTC', listen: '[::]:4600', address: 'a.example:4600' }
const FOLDER = pathFromText('/data/named')

test('no box is made under a name that no community could list', () => {
  const town = new BoxTown('names')
  const world = town.machine('named').world()
  for (const name of ['', ' a', 'a ', 'a\u2028b', 'a'.repeat(101)]) {
    assert.throws(() => createBoxIn(world, FOLDER, { name, ...AT }), { code: 'NAME_INVALID' }, JSON.stringify(name))
  }
  assert.throws(() => readSettings(world.disk, FOLDER), { code: 'NO_BOX' })
  const name = '🏠'.repeat(100)
  createBoxIn(world, FOLDER, { name, ...AT })
  assert.equal(readSettings(world.disk, FOLDER).name, name)
})

test('arguments that fit into no act and no record are refused by a code, and change nothing', async () => {
  const town = new BoxTown('arguments')
  const [first] = await town.founded(2)
  assert.ok(first)
  const { box } = first
  const refused = async <Name extends OperationName>(name: Name, args: Operations[Name][0], at: string) =>
    assert.rejects(
      town.call(box, name, args),
      { code: 'VALUE_INVALID', details: { at, issue: 'invalid_format' } },
      name,
    )
  await refused('community.invite', { contacts: [], for: '' }, 'for')
  await assert.rejects(town.call(box, 'community.invite', { contacts: [], for: 'a\nb' }), { code: 'VALUE_INVALID' })
  const source = { paths: ['/people'], excludes: [], oneFileSystem: false }
  const long = { name: 'a'.repeat(5000), ...source }
  await assert.rejects(town.call(box, 'source.add', long), { code: 'SOURCE_NAME_INVALID' })
  await assert.rejects(town.call(box, 'limits.set', { up: [], down: [{ days: [9], from: 0, to: 1, kbit: 300 }] }), {
    code: 'VALUE_INVALID',
  })
  assert.deepEqual(await town.call(box, 'source.list', {}), { items: [] })
  assert.deepEqual(await town.call(box, 'community.pending', {}), { items: [] })
})
