import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { wordsIn } from '#text'
import { accountLines, type DemoAccount, verdictLines } from './demo-account.ts'
import { fewestFragments, holdingOf } from './demo-holdings.ts'
import { cpuSecondsOf, peakMemoryOf } from './demo-usage.ts'

const pack = (character: string): string => character.repeat(64)

test('what a host holds is read from its folder: all bytes, and the packs it has fragments of', () => {
  const data = mkdtempSync(join(tmpdir(), 'datis-demo-test-'))
  try {
    const fragments = join(data, 'hosting/owner/fragments/aa')
    mkdirSync(fragments, { recursive: true })
    writeFileSync(join(fragments, `${pack('a')}.3`), Buffer.alloc(100))
    writeFileSync(join(data, 'hosting/owner/state.cbor'), Buffer.alloc(10))
    assert.deepEqual(holdingOf(data, 'owner'), { bytes: 110, packs: [pack('a')] })
    assert.deepEqual(holdingOf(data, 'stranger'), { bytes: 0, packs: [] })
  } finally {
    rmSync(data, { recursive: true })
  }
})

test('the fewest fragments that survive decide, among packs coded with n', () => {
  const all = [
    { bytes: 0, packs: [pack('a'), pack('m')] },
    { bytes: 0, packs: [pack('a'), pack('m')] },
    { bytes: 0, packs: [pack('m')] },
  ]
  assert.equal(fewestFragments(2, all, all.slice(1)), 1)
  assert.equal(fewestFragments(2, all, all.slice(2)), 0)
  assert.equal(fewestFragments(2, all, all), 2)
})

test('CPU time and memory of a live process are read where /proc is', { skip: process.platform !== 'linux' }, () => {
  assert.ok((cpuSecondsOf([process.pid]) ?? 0) > 0)
  assert.ok((peakMemoryOf(process.pid) ?? 0) > 10_000_000)
  assert.equal(peakMemoryOf(0x7fffffff), null)
})

const ACCOUNT: DemoAccount = {
  identical: true,
  files: 7000,
  bytes: 478_000_000,
  storedBytes: 500_000_000,
  code: { n: 4, k: 2 },
  boxes: 6,
  lost: 2,
  phases: {
    snapshot: { seconds: 4, cpuSeconds: 6 },
    disperse: { seconds: 5, cpuSeconds: null },
    recover: { seconds: 1, cpuSeconds: 1 },
    restore: { seconds: 3.2, cpuSeconds: 4 },
  },
  peakMemoryBytes: 250_000_000,
}

test('the account is honest in both languages', () => {
  const fr = accountLines(wordsIn('fr'), ACCOUNT)
    .join('\n')
    .replace(/[\u00a0\u202f]/g, ' ')
  assert.match(fr, /Chez les hôtes, parité comprise : 500 Mo \(104,6 % de la taille des fichiers\)/)
  assert.match(fr, /Perdu : le Datis du propriétaire et 2 hôtes sur 5/)
  assert.match(fr, /instantané\s+4 s\s+114\s+13,5/)
  assert.match(fr, /dispersion\s+5 s\s+91,2\s+–/)
  const comparison = { files: 7000, bytes: 1, unlisted: 1, differenceCount: 30, differences: [] }
  const differences = Array.from({ length: 30 }, (_, index) => ({ path: `f${index}`, what: 'mtime' as const }))
  const en = verdictLines(wordsIn('en'), { ...comparison, differences }).join('\n')
  assert.match(en, /DIFFERENT: 30 differences/)
  assert.match(en, /and 10 more/)
  assert.match(en, /1 item is a socket or device/)
})
