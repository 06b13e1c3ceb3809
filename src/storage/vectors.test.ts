import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromHex, toHex, utf8 } from '#base'
import { simRandom } from '#base/sim'
import { decodeKeyring, encodeKeyring } from '#crypto'
import { verifyPack } from './pack-reader.ts'
import { reindexVault } from './reindex.ts'
import { contentOf, fixture, open, putFile, write } from './store-fixture.ts'
import { vaultKeys } from './vault.ts'

const FILE = new URL('../../test/vectors/storage/vault-1.json', import.meta.url)

interface Vector {
  readonly keyring: string
  /** Frames of the log, back to back. */
  readonly log: string
  readonly packs: Record<string, string>
  /** Packed references of the one file. */
  readonly chunks: string
  readonly content: string
}

/** `WRITE_VECTORS=1` writes them anew: only while the format may still change freely (architecture.md, "Versions"). */
async function makeVector(): Promise<Vector> {
  const fix = fixture('golden vault', { options: { packBytesTarget: 4096 } })
  using store = await open(fix)
  const content = Buffer.concat([utf8('Datis '.repeat(100)), simRandom('golden').bytes(700)])
  const path = putFile(fix, 'file', content)
  const { reads } = await write(fix, store, [path])
  const read = reads.get(path)
  assert.ok(read?.state === 'read')
  const packs = Object.fromEntries([...store.packs()].map(({ id }) => [id, toHex(store.readPack(id))]))
  const log = toHex(store.log.frames(0, 1024 * 1024))
  return { keyring: toHex(encodeKeyring(fix.keyring)), log, packs, chunks: toHex(read.chunks), content: toHex(content) }
}

test('the golden vault of format 1 opens for ever', async () => {
  if (process.env.WRITE_VECTORS) writeFileSync(FILE, `${JSON.stringify(await makeVector(), null, 2)}\n`)
  const vector = JSON.parse(readFileSync(FILE, 'utf8')) as Vector
  const keyring = decodeKeyring(fromHex(vector.keyring))
  const fix = fixture('reader', { options: { keyring } })
  using store = await open(fix)
  store.adoptLog(fromHex(vector.log))
  for (const { id, class: packClass, generation } of [...store.packs()]) {
    const bytes = fromHex(vector.packs[id] ?? '')
    verifyPack(bytes, vaultKeys(keyring), { id, class: packClass, generation })
    await store.adoptPack(id, bytes)
  }
  await reindexVault(store, { signal: new AbortController().signal })
  const stat = fix.disk.stat(fix.options.folder)
  const read = { key: 0, state: 'read' as const, chunks: fromHex(vector.chunks), bytes: 0, torn: false, stat }
  assert.equal(toHex(contentOf(store, read)), vector.content)
})
