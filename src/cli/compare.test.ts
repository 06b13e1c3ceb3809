import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { compareFolders, type Difference } from './compare.ts'

const pause = (): Promise<void> => Promise.resolve()

function original(folder: string): void {
  mkdirSync(join(folder, 'sub'), { recursive: true })
  writeFileSync(join(folder, 'one'), 'content')
  linkSync(join(folder, 'one'), join(folder, 'sub/two'))
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'large'), Buffer.alloc(3_000_000, 7))
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff])]), 'not UTF-8')
  symlinkSync('../one', join(folder, 'sub/link'))
}

async function differences(change: (copy: string) => void): Promise<Difference[]> {
  const base = mkdtempSync(join(tmpdir(), 'datis-compare-'))
  try {
    const [a, b] = [join(base, 'a'), join(base, 'b')]
    original(a)
    original(b)
    sameTimes(a, b)
    change(b)
    return [...(await compareFolders(a, b, pause)).differences]
  } finally {
    rmSync(base, { recursive: true })
  }
}

/** `cp -a` keeps links and times to the nanosecond, as nothing in node:fs does. */
function sameTimes(a: string, b: string): void {
  rmSync(b, { recursive: true })
  cpSync(a, b, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  unlinkSync(join(b, 'sub/two'))
  linkSync(join(b, 'one'), join(b, 'sub/two'))
  for (const folder of [a, b]) {
    for (const name of ['one', 'empty', 'large', 'sub']) utimesSync(join(folder, name), 1_700_000_000, 1_700_000_000.5)
  }
}

/** The times of a link and of a name that is not UTF-8 differ by nanoseconds between two makings. */
function but(found: Difference[]): string[] {
  return found
    .filter(({ path, what }) => what !== 'mtime' || !/link|bad-/.test(path))
    .map(({ path, what }) => `${path} ${what}`)
}

test('a faithful copy shows no difference', async () => {
  assert.deepEqual(but(await differences(() => undefined)), [])
})

const CHANGES: readonly [string, (copy: string) => void, string[]][] = [
  ['one byte', (copy) => rewrite(join(copy, 'large')), ['large content']],
  ['a mode', (copy) => chmodSync(join(copy, 'empty'), 0o600), ['empty mode']],
  ['a time', (copy) => utimesSync(join(copy, 'empty'), 1, 1), ['empty mtime']],
  ['a target', (copy) => relink(join(copy, 'sub/link')), ['sub/link target']],
  ['a broken hard link', (copy) => unlinkAgain(copy), ['sub/two links']],
  ['a kind', (copy) => kind(join(copy, 'empty')), ['empty kind']],
  ['an absent and a surplus file', (copy) => rename(copy), ['empty absent', 'surplus surplus']],
]

for (const [what, change, expected] of CHANGES) {
  test(`${what} is found`, async () => {
    const found = await differences((copy) => {
      change(copy)
      utimesSync(join(copy, 'sub'), 1_700_000_000, 1_700_000_000.5)
    })
    assert.deepEqual(but(found), expected)
  })
}

function rewrite(path: string): void {
  const bytes = Buffer.alloc(3_000_000, 7)
  bytes[2_999_999] = 8
  writeFileSync(path, bytes)
  utimesSync(path, 1_700_000_000, 1_700_000_000.5)
}

function relink(path: string): void {
  unlinkSync(path)
  symlinkSync('../other', path)
}

function unlinkAgain(copy: string): void {
  unlinkSync(join(copy, 'sub/two'))
  writeFileSync(join(copy, 'sub/two'), 'content')
  utimesSync(join(copy, 'sub/two'), 1_700_000_000, 1_700_000_000.5)
}

function kind(path: string): void {
  unlinkSync(path)
  mkdirSync(path)
}

function rename(copy: string): void {
  unlinkSync(join(copy, 'empty'))
  writeFileSync(join(copy, 'surplus'), '')
}
