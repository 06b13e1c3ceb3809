import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath } from '#base'
import { simRandom } from '#base/sim'
import { checkVault } from '../../src/storage/check.ts'
import {
  BOX,
  content,
  contentOf,
  type Fixture,
  FOLDER,
  fixture,
  open,
  putFile,
  write,
} from '../../src/storage/store-fixture.ts'
import type { FileRead, LogRecord } from '../../src/storage/types.ts'

const seed = Number(process.env.SEED ?? 1)
const signal = new AbortController().signal
const FILES = 12

interface Run {
  readonly fix: Fixture
  readonly contents: Map<string, Uint8Array>
  /** Reads of runs that were acknowledged: finish() returned and the snapshot's record was appended. */
  readonly stored: Map<string, FileRead>
  snapshots: number
}

/** The same run each time: two snapshots of a few files, into packs of a few KiB. */
function newRun(): Run {
  const fix = fixture(seed, { options: { packBytesTarget: 24 * 1024 } })
  const contents = new Map<string, Uint8Array>()
  for (let index = 0; index < FILES; index++) {
    const bytes = content(fix.random, 200 + index * 900, index % 3 === 0 ? 'text' : 'noise')
    contents.set(putFile(fix, `f${index}`, bytes), bytes)
  }
  return { fix, contents, stored: new Map(), snapshots: 0 }
}

async function snapshots(run: Run): Promise<void> {
  const paths = [...run.contents.keys()]
  using store = await open(run.fix)
  for (const part of [paths.slice(0, FILES / 2), paths]) {
    const { reads } = await write(run.fix, store, part as never)
    store.log.append([snapshotRecord(run.snapshots)])
    run.snapshots++
    for (const [path, read] of reads) run.stored.set(path, read)
  }
}

function snapshotRecord(number: number): LogRecord {
  return {
    type: 'snapshot',
    snapshot: number.toString(16).padStart(32, '0'),
    source: 's',
    startedAt: 1,
    at: 2,
    paths: [],
    single: true,
    rootEntry: new Uint8Array(1),
    incompleteCount: 0,
    root: { id: new Uint8Array(32), bytes: 1 },
    state: 'complete',
    files: 1,
    folders: 1,
    bytes: 1,
    newBytes: 1,
    incomplete: null,
  }
}

async function assertAllKept(run: Run, where: string): Promise<void> {
  using store = await open(run.fix)
  assert.ok(store.snapshots().length >= run.snapshots, `${where}: snapshots`)
  for (const [path, read] of run.stored)
    assert.deepEqual(bytesOf(contentOf(store, read)), bytesOf(run.contents.get(path)), where)
  const report = await checkVault(store, { signal })
  assert.deepEqual([report.damaged, report.missing], [[], []], where)
  assert.deepEqual(run.fix.disk.list(joinPath(FOLDER, 'tmp')), [], where)
  // The vault goes on: the next snapshot has everything, whatever the crash left.
  const { reads } = await write(run.fix, store, [...run.contents.keys()] as never)
  for (const [path, read] of reads)
    assert.deepEqual(bytesOf(contentOf(store, read)), bytesOf(run.contents.get(path)), where)
  assert.deepEqual(store.index.packsWithoutPart(), [], where)
}

function bytesOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64')
}

async function callsOfOneRun(): Promise<number> {
  const run = newRun()
  run.fix.disk.resetCalls()
  await snapshots(run)
  return run.fix.disk.calls
}

test(`a power cut at any disk call loses nothing that was acknowledged (SEED=${seed})`, async () => {
  const calls = await callsOfOneRun()
  for (let call = 1; call <= calls; call++) {
    const run = newRun()
    run.fix.disk.resetCalls()
    run.fix.disk.cutPowerAt(call)
    await assert.rejects(snapshots(run), /power is off|disk failed while the log/, `call ${call}`)
    run.fix.disk.powerCut(simRandom(`${seed}/${call}`))
    await assertAllKept(run, `power cut at call ${call} (box ${BOX})`)
  }
})

for (const code of ['EIO', 'ENOSPC']) {
  test(`${code} at any disk call is an error, not a loss (SEED=${seed})`, async () => {
    const calls = await callsOfOneRun()
    for (let call = 1; call <= calls; call++) {
      const run = newRun()
      run.fix.disk.resetCalls()
      run.fix.disk.failAt(call, code)
      // Some calls only clean up, and a source that cannot be read is told through its own result.
      await snapshots(run).catch((error: unknown) =>
        assert.ok(error instanceof Error && 'code' in error, `call ${call}: ${error}`),
      )
      run.fix.disk.resetCalls()
      for (const [path, read] of run.stored) if (read.state !== 'read') run.stored.delete(path)
      await assertAllKept(run, `${code} at call ${call}`)
      run.fix.disk.powerCut(simRandom(`${seed}/${call}`))
      await assertAllKept(run, `${code} at call ${call}, then a power cut`)
    }
  })
}
