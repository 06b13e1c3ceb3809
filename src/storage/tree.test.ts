import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type BytePath, encodeCbor } from '#base'
import { simRandom } from '#base/sim'
import { packRefs } from './group.ts'
import { PAGE_ENTRIES_MAX, type TreeEntry, treeEntry } from './tree.ts'
import { encodeEntry, encodePage, parsePage, parseRootEntry } from './tree-format.ts'
import { contentRefs, findEntry, folderPages } from './tree-reader.ts'
import { FolderWriter, nameHash, writeContent } from './tree-writer.ts'
import type { ChunkRef } from './types.ts'

/** The smallest thing that keeps metadata chunks; ids are counted. */
class Trees {
  readonly chunks = new Map<string, Uint8Array>()
  readonly #ids = new Map<string, Uint8Array>()

  async writeTree(plain: Uint8Array): Promise<ChunkRef> {
    const key = createHash('sha256').update(plain).digest('hex')
    let id = this.#ids.get(key)
    if (!id) {
      id = new Uint8Array(32)
      new DataView(id.buffer).setUint32(0, this.#ids.size)
      this.#ids.set(key, id)
      this.chunks.set(Buffer.from(id).toString('hex'), plain)
    }
    return { id, bytes: plain.byteLength }
  }

  async readTree(id: Uint8Array): Promise<Uint8Array> {
    const plain = this.chunks.get(Buffer.from(id).toString('hex'))
    assert.ok(plain)
    return plain
  }
}

const chunk = (fill: number, bytes: number): Uint8Array => packRefs([{ id: new Uint8Array(32).fill(fill), bytes }])

function file(name: string, number = 0): TreeEntry {
  return treeEntry({
    name: name as BytePath,
    kind: 'file',
    mode: 0o644,
    uid: 1000,
    gid: 1000,
    mtimeNs: 1_700_000_000_000_000_000n + BigInt(number),
    ctimeNs: 1_700_000_000_000_000_000n,
    device: 64769,
    inode: BigInt(number),
    bytes: 1000,
    content: { chunks: chunk(number & 255, 1000) },
  })
}

async function writeFolder(trees: Trees, entries: readonly TreeEntry[]): Promise<Uint8Array> {
  const writer = new FolderWriter(trees)
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) await writer.add(entry)
  return packRefs([await writer.finish()])
}

async function readFolder(trees: Trees, tree: Uint8Array): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  for await (const page of folderPages(trees, tree)) {
    assert.ok(page.length <= PAGE_ENTRIES_MAX)
    entries.push(...page)
  }
  return entries
}

test('an entry of each kind survives its encoding', () => {
  const entries = [
    { ...file('file'), sparse: true, linked: true, torn: 2, incomplete: 'EIO', inode: 2n ** 64n - 1n },
    { ...file('paged'), content: { pages: chunk(9, 50_000) } },
    { ...file('none'), content: null, bytes: 0, mtimeNs: -1n },
    treeEntry({
      name: '\xff\xfe' as BytePath,
      kind: 'folder',
      tree: chunk(1, 30),
      xattrs: new Map([['user.a', Uint8Array.of(0)]]),
    }),
    treeEntry({ name: 'unlisted' as BytePath, kind: 'folder' }),
    treeEntry({ name: 'link' as BytePath, kind: 'symlink', target: '../../etc/passwd' as BytePath }),
    treeEntry({ name: 'fifo' as BytePath, kind: 'fifo' }),
  ]
  for (const entry of entries) assert.deepEqual(parseRootEntry(encodeEntry(entry)), entry)
})

test('what could lead out of a folder, or is no tree, is refused', () => {
  const one = file('a')
  const bad: TreeEntry[] = [
    ...['', '.', '..', 'a/b', '/', 'a\0', 'x'.repeat(256)].map((name) => ({ ...one, name: name as BytePath })),
    { ...one, mode: 0o10000 },
    { ...one, uid: -1 },
    { ...one, bytes: 999 },
    { ...one, content: { chunks: new Uint8Array(35) } },
    { ...one, content: { pages: new Uint8Array(0) } },
    { ...one, mtimeNs: 2n ** 63n },
    treeEntry({ name: 'l' as BytePath, kind: 'symlink', target: '' as BytePath }),
    treeEntry({ name: 'l' as BytePath, kind: 'symlink', target: 'a\0b' as BytePath }),
    treeEntry({ name: 'l' as BytePath, kind: 'symlink', target: 'x'.repeat(4097) as BytePath }),
  ]
  for (const entry of bad) {
    assert.throws(() => parsePage(encodePage({ level: 0, entries: [entry] })), { code: 'FORMAT_INVALID' }, entry.name)
  }
  for (const names of [
    ['b', 'a'],
    ['a', 'a'],
  ]) {
    assert.throws(() => parsePage(encodePage({ level: 0, entries: names.map((name) => file(name)) })), {
      code: 'FORMAT_INVALID',
    })
  }
  for (const value of [
    { format: 2, level: 0, entries: [] },
    { format: 1, level: 5, pages: [] },
    { format: 1, level: 0, entries: [], more: 1 },
    [],
  ]) {
    assert.throws(() => parsePage(encodeCbor(value)), { code: 'FORMAT_INVALID' })
  }
})

test('a page that names itself, or lies about where it begins, ends the reading', async () => {
  const leaf = encodePage({ level: 0, entries: [file('m')] })
  const trees = new Trees()
  const ref = packRefs([await trees.writeTree(leaf)])
  const lying = packRefs([await trees.writeTree(encodePage({ level: 1, pages: [{ first: 'a' as BytePath, ref }] }))])
  await assert.rejects(readFolder(trees, lying), { code: 'FORMAT_INVALID' })
  const flat = packRefs([await trees.writeTree(encodePage({ level: 1, pages: [{ first: 'm' as BytePath, ref }] }))])
  const same = packRefs([
    await trees.writeTree(encodePage({ level: 1, pages: [{ first: 'm' as BytePath, ref: flat }] })),
  ])
  await assert.rejects(readFolder(trees, same), { code: 'FORMAT_INVALID' })
})

test('a change in a huge folder rewrites one page and what leads to it', async () => {
  const seed = process.env.SEED ?? '1'
  const random = simRandom(seed)
  const trees = new Trees()
  const entries = Array.from({ length: 20_000 }, (_, i) => file(`name ${random.below(2 ** 32)} ${i}`, i))
  const tree = await writeFolder(trees, entries)
  const before = trees.chunks.size
  assert.ok(before > 20 && before < 100, `${before} pages (SEED=${seed})`)
  assert.deepEqual((await readFolder(trees, tree)).length, entries.length)
  const changed = entries.map((entry, i) =>
    i === 7777 ? { ...entry, bytes: 0, content: { chunks: new Uint8Array(0) } } : entry,
  )
  await writeFolder(trees, [...changed, file('one more')])
  assert.ok(trees.chunks.size - before <= 5, `SEED=${seed}`)
  for (const entry of entries.slice(0, 50)) assert.deepEqual(await findEntry(trees, tree, entry.name), entry)
  assert.equal(await findEntry(trees, tree, 'nothing' as BytePath), null)
  assert.equal(await findEntry(trees, tree, '' as BytePath), null)
})

test('pages of pages of pages hold together', async () => {
  const trees = new Trees()
  // Long attributes close a page after each name; every 130th name ends a page of pages.
  const heavy = new Map([['user.big', new Uint8Array(530_000)]])
  const nameAt = (i: number): string => {
    const begin = String(i).padStart(6, '0')
    for (let n = 0; ; n++) if (i % 130 !== 0 || ((nameHash(begin + n) >>> 9) & 511) === 0) return begin + n
  }
  const entries = Array.from({ length: 300 }, (_, i) => ({ ...file(nameAt(i), i), xattrs: heavy }))
  const tree = await writeFolder(trees, entries)
  const root = parsePage(await trees.readTree(tree.subarray(0, 32)))
  assert.deepEqual([root.level, 'pages' in root && root.pages.length], [2, 3])
  const names = (await readFolder(trees, tree)).map((entry) => entry.name)
  assert.deepEqual(
    names,
    entries.map((entry) => entry.name),
  )
  assert.equal((await findEntry(trees, tree, (entries[200] as TreeEntry).name))?.inode, 200n)
})

test('the chunks of a huge file lie in pages, and bytes in its middle rewrite few', async () => {
  const random = simRandom('pages')
  const trees = new Trees()
  const refs = Array.from({ length: 30_000 }, () => ({ id: random.bytes(32), bytes: 1 }))
  const all = async (chunks: Uint8Array): Promise<Buffer> => {
    const parts: Uint8Array[] = []
    for await (const part of contentRefs(trees, await writeContent(trees, chunks))) parts.push(part)
    return Buffer.concat(parts)
  }
  const packed = packRefs(refs)
  assert.deepEqual(await all(packed), Buffer.from(packed))
  const pages = trees.chunks.size
  await all(packRefs([...refs.slice(0, 15_000), { id: random.bytes(32), bytes: 1 }, ...refs.slice(15_000)]))
  assert.ok(trees.chunks.size - pages <= 3, `${trees.chunks.size - pages} of ${pages}`)
})

test('the bytes of a page stay what they are: docs/formats/tree.md', () => {
  const chunks = new Uint8Array(36).fill(7)
  chunks.set([100, 0, 0, 0], 32)
  const entries = [
    {
      ...file('a'),
      mtimeNs: 1_700_000_000_123_456_789n,
      ctimeNs: -1n,
      device: 2,
      inode: 3n,
      bytes: 100,
      content: { chunks },
      sparse: true,
    },
    treeEntry({
      name: 'b' as BytePath,
      kind: 'symlink',
      target: '../x' as BytePath,
      incomplete: 'EIO',
      xattrs: new Map([['user.k', Uint8Array.of(1)]]),
    }),
  ]
  const golden = [
    'a3656c6576656c0066666f726d61740167656e7472696573828b4161001901a41903e81903e81b17979cfe3d85cd15200203',
    '84186401005824070707070707070707070707070707070707070707070707070707070707070764000000f68b4162021901',
    '80000000000000442e2e2f78826345494f818266757365722e6b4101',
  ].join('')
  assert.equal(Buffer.from(encodePage({ level: 0, entries })).toString('hex'), golden)
  assert.deepEqual(parsePage(Buffer.from(golden, 'hex')), { level: 0, entries })
})
