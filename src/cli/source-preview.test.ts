import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PreviewArguments, PreviewResult } from '#box'
import { type Answers, datis } from './command-line-fixture.ts'

const shown = (path: string) => ({ path, pathBytes: Buffer.from(path).toString('base64') })
const FOUND: PreviewResult = {
  saved: { files: 12, bytes: 3_400_000, folders: 2, isAll: true },
  left: { files: 2000, bytes: 5_000_000, paths: 2, isAll: false },
  items: [
    { ...shown('/p/cache\u001b'), kind: 'folder', rule: 'cache/', files: 2000, bytes: 5_000_000 },
    { ...shown('/p/box'), kind: 'folder', rule: null, files: 0, bytes: 0 },
  ],
  rules: [
    { rule: 'cache/', paths: 1, files: 2000, bytes: 5_000_000 },
    { rule: '*.bak', paths: 0, files: 0, bytes: 0 },
  ],
  unread: { count: 1, items: [{ ...shown('/p/closed'), cause: 'EACCES' }] },
  mounts: { count: 1, items: [shown('/p/usb')] },
}

test('a preview says what is saved, what each rule leaves out, and what matches nothing', async () => {
  const seen: PreviewArguments[] = []
  const answers: Answers = {
    'source.preview': (args) => {
      seen.push(args)
      return FOUND
    },
  }
  const { out, exit } = await datis(['source', 'preview', '--path', '/p', '--exclude', 'cache/', '--data', 'd'], {
    answers,
  })
  assert.equal(exit, 0)
  assert.match(out, /^Saved: 12 files, 3.4 MB\nLeft out: at least 2,000 files, 5 MB\n/)
  assert.match(out, /\*\.bak\s+matches nothing/)
  assert.match(out, /cache\/\s+5 MB\s+\/p\/cache\\x1b/)
  assert.match(out, /data folder of this box[^\n]*\/p\/box/)
  assert.match(out, /EACCES\s+\/p\/closed/)
  assert.match(out, /another disk begins there:\n {2}\/p\/usb/)
  const json = await datis(['source', 'preview', 'papers', '--one-file-system', '--data', 'd', '--json'], { answers })
  assert.deepEqual(json.json(), FOUND)
  assert.deepEqual(seen, [
    { paths: ['/p'], excludes: ['cache/'] },
    { name: 'papers', oneFileSystem: true },
  ])
  const fr = await datis(['source', 'preview', 'papers', '--data', 'd', '--lang', 'fr'], { answers })
  assert.match(fr.out, /^Sauvegardé : 12 fichiers, 3,4.Mo\nExclu : au moins 2.000 fichiers/)
})

test('a preview of nothing is a slip', async () => {
  const { exit, err } = await datis(['source', 'preview', '--data', 'd'])
  assert.equal(exit, 2)
  assert.match(err, /the name of a source, or a path/)
})
