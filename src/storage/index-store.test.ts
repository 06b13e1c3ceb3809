import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { encodeCbor } from '#base'
import { content, contentOf, type Fixture, fixture, open, putFile, write } from './store-fixture.ts'

async function withIndex(run: (path: string, fix: Fixture) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'datis-index-'))
  const path = join(folder, 'index.sqlite')
  try {
    await run(path, fixture('index', { options: { indexPath: path } }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const spoilers: Record<string, (path: string) => void> = {
  missing: (path) => rmSync(path),
  'not SQLite': (path) => writeFileSync(path, 'x'.repeat(5000)),
  'of another version': (path) => change(path, 'PRAGMA user_version = 99'),
  'without a table': (path) => change(path, 'DROP TABLE meta'),
  'of another history': (path) => {
    const end = Buffer.from(encodeCbor({ frames: 1, hash: 'ab'.repeat(32) })).toString('hex')
    change(path, `UPDATE meta SET value = x'${end}' WHERE key = 'end'`)
  },
}

function change(path: string, sql: string): void {
  using database = new DatabaseSync(path)
  database.exec(sql)
}

for (const [name, spoil] of Object.entries(spoilers)) {
  test(`an index that is ${name} is built anew`, async () => {
    await withIndex(async (path, fix) => {
      const paths = Array.from({ length: 10 }, (_, index) => putFile(fix, `f${index}`, content(fix.random, 9000)))
      const before = await open(fix)
      const { reads } = await write(fix, before, paths)
      const dump = before.index.dump()
      before[Symbol.dispose]()
      spoil(path)
      using after = await open(fix)
      assert.deepEqual(after.index.dump(), dump)
      assert.equal(contentOf(after, reads.values().next().value).byteLength, 9000)
    })
  })
}

test('a log that lost acknowledged frames does not open as if nothing had been', async () => {
  await withIndex(async (_path, fix) => {
    const store = await open(fix)
    store.changeSettings({ boxName: 'a', zone: 'UTC', sources: [] })
    const bytes = store.log.frames(0, 1).byteLength
    store.changeSettings({ boxName: 'b', zone: 'UTC', sources: [] })
    store[Symbol.dispose]()
    {
      using file = fix.disk.open('/vault/log/00000001.log' as never, 'write')
      file.truncate(bytes)
    }
    await assert.rejects(open(fix), { code: 'LOG_BROKEN' })
  })
})
