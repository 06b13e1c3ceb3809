import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { Chance, RunFinder, writeFiles } from './material.ts'
import { type Box, fragmentsAt, payloadOf, Town } from './town.ts'

const MiB = 1 << 20
const NAME_BYTES_MIN = 6

test('no peer holds content, names or plain hashes of files, and two owners of one file share nothing', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const boxes = await Promise.all(
    ['anna', 'bruno', 'host-1', 'host-2', 'host-3', 'host-4'].map((name) => town.box(name)),
  )
  await town.found(boxes)
  await Promise.all(boxes.map((box) => town.run(box)))
  const [anna, bruno] = boxes
  assert.ok(anna && bruno)
  const both = { 'family-film.raw': chance.bytes(MiB), 'family-tree.txt': Buffer.from(chance.text(4000)) }
  const files = new Map<Box, Map<string, Buffer>>()
  for (const owner of [anna, bruno]) {
    const source = town.path(`${owner.name}-source`)
    mkdirSync(source)
    files.set(owner, writeFiles(chance, source, MiB))
    for (const [name, content] of Object.entries(both)) {
      writeFileSync(join(source, name), content)
      files.get(owner)?.set(name, content)
    }
    await town.ok(['source', 'add', 'house', source, '--data', owner.data])
    await town.take(owner)
    await town.whole(owner)
  }

  for (const [owner, content] of files) {
    const finder = new RunFinder()
    for (const bytes of content.values()) finder.add(bytes)
    const [first] = content.values()
    assert.ok(
      first && finder.find(Buffer.concat([chance.bytes(77), first.subarray(1001, 1033)])) >= 0,
      'it finds a run',
    )
    for (const peer of boxes.filter((box) => box !== owner)) {
      for (const { path, bytes } of filesBelow(peer.data)) assertSealed(path, bytes, content, finder)
    }
  }

  const payloads = (owner: Box): Buffer[] =>
    boxes.flatMap((host) => fragmentsAt(host, owner).map(({ path }) => payloadOf(path)))
  const ofAnna = new RunFinder()
  for (const payload of payloads(anna)) ofAnna.add(payload)
  assert.ok(payloads(bruno).length >= 4)
  for (const payload of payloads(bruno)) assert.equal(ofAnna.find(payload), -1, 'two owners share a run')
})

function assertSealed(path: string, stored: Buffer, files: ReadonlyMap<string, Buffer>, finder: RunFinder): void {
  assert.equal(finder.find(stored), -1, `${path} holds a run of plain content`)
  for (const [name, content] of files) {
    const hash = createHash('sha256').update(content).digest()
    const short = basename(name)
    const secrets = [hash, hash.toString('hex'), ...(short.length >= NAME_BYTES_MIN ? [short] : [])]
    for (const secret of secrets) {
      assert.equal(stored.indexOf(secret), -1, `${path} holds the name or hash of ${name}`)
      if (typeof secret === 'string') assert.ok(!path.includes(secret), `${path} is named after ${name}`)
    }
  }
}

function filesBelow(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}
