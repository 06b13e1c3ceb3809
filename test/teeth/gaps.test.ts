/** What planting bugs found unguarded elsewhere: each of these tests is the only quick one that notices its bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, MiB, pathFromText } from '#base'
import { simRandom } from '#base/sim'
import { encodeCharter, foundingCharter } from '#community'
import { newKeyring } from '#crypto'
import { chunkIdOf, compress, newestPackKey } from '../../src/storage/group.ts'
import { PackBuilder } from '../../src/storage/pack-builder.ts'
import { GROUP_KIND } from '../../src/storage/pack-format.ts'
import { verifyPack } from '../../src/storage/pack-reader.ts'
import { FOLDER, fixture, open } from '../../src/storage/store-fixture.ts'
import { TargetFolders } from '../../src/storage/target.ts'
import { vaultKeys } from '../../src/storage/vault.ts'
import { codeIs } from '../conformance/transport.ts'
import { testBox } from '../conformance/transport-people.ts'

test('a chunk under the id of another makes a pack damaged', () => {
  const random = simRandom('chunk ids')
  const keys = vaultKeys(newKeyring('0b'.repeat(16), random))
  const [plain, other] = [random.bytes(500), random.bytes(500)]
  const packOf = (named: Uint8Array) => {
    const builder = new PackBuilder(random, newestPackKey(keys, 'data'), { targetBytes: 65_536, floorBytes: 0 })
    const chunks = [{ id: chunkIdOf(keys, 'data', named), bytes: plain.byteLength }]
    builder.add({ kind: GROUP_KIND.data, ...compress(plain), plainBytes: plain.byteLength, chunks })
    const { bytes, id } = builder.close(1)
    return () => verifyPack(Uint8Array.from(bytes), keys, { id, class: 'data', generation: 1 })
  }
  assert.equal(packOf(plain)().groups.length, 1)
  assert.throws(packOf(other), { code: 'PACK_DAMAGED' })
})

test('nothing of a torn frame stays in the file of the log', async () => {
  const fix = fixture('torn tail')
  const path = joinPath(FOLDER, 'log', '00000001.log')
  const settings = { type: 'settings', boxName: 'one', zone: 'UTC', sources: [], at: 1 } as const
  using store = await open(fix)
  store.log.append([settings])
  const sound = store.log.frames(0, MiB).byteLength
  store.log.append([settings])
  {
    using file = fix.disk.open(path, 'write')
    file.truncate(sound + 100)
    file.sync()
  }
  using reopened = await open(fix)
  assert.equal(reopened.log.end().frames, 1)
  assert.equal(fix.disk.stat(path).bytes, sound)
})

test('one organisation under two members, each with a box of its own, is refused', () => {
  const [alice, bob] = [testBox('alice'), testBox('bob')]
  const members = [alice, bob].map(({ box, root }) => ({
    organisation: alice.organisation,
    name: 'Mairie',
    sealing: root.public.sealing,
    boxes: [{ box, name: 'Datis 1', addresses: ['box.example:4600'] }],
  }))
  const charter = foundingCharter({ community: new Uint8Array(16).fill(7), members, at: 1_700_000_000_000 })
  assert.throws(() => encodeCharter(charter), codeIs('CHARTER_INVALID', { reason: 'organisation-twice' }))
})

test('a folder of the target that became a link is not opened', () => {
  const { disk } = fixture('link')
  for (const folder of ['/outside', '/target']) disk.makeFolder(pathFromText(folder))
  disk.makeSymlink(pathFromText('/target/folder'), pathFromText('/outside'))
  using root = disk.holdFolder(pathFromText('/target'))
  using folders = new TargetFolders(disk, root.path)
  // A link is no folder; Linux gives the same code.
  assert.throws(() => folders.at(pathFromText('folder')), { code: 'ENOTDIR' })
})
