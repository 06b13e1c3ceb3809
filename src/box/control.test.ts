import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Clock, DatisError, pathFromText, realClock, realDisk } from '#base'
import { type CallOperation, connectControl, serveControl } from './control.ts'
import type { OperationContext } from './operations.ts'

const PACE = 100

/** What takes a second takes 10 ms. */
const fast: Clock = { ...realClock(), sleep: (ms, signal) => realClock().sleep(ms / PACE, signal) }
const world = { disk: realDisk(), clock: fast }
const still: OperationContext = { signal: new AbortController().signal, onProgress: () => undefined }

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'datis-control-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function boxIn(t: TestContext, call: CallOperation) {
  const folder = pathFromText(folderFor(t))
  const serving = await serveControl(world, folder, call)
  t.after(() => serving[Symbol.asyncDispose]())
  const box = await connectControl(world, folder)
  assert.ok(box)
  return { box, serving }
}

test('a call that is given up ends at once, with why, and is given up in the box, too', {
  timeout: 5000,
}, async (t) => {
  const given = Promise.withResolvers<unknown>()
  const { box } = await boxIn(t, async (_name, _args, { signal, onProgress }) => {
    signal.addEventListener('abort', () => given.resolve(signal.reason))
    onProgress({ phase: 'drain' })
    return await new Promise(() => undefined)
  })
  const abort = new AbortController()
  const context = { signal: abort.signal, onProgress: () => abort.abort(new DatisError('CANCELLED', 'x')) }
  await assert.rejects(box.call('community.show', {}, context), { code: 'CANCELLED' })
  assert.equal(((await given.promise) as DatisError).code, 'CANCELLED')
  await assert.rejects(box.call('community.show', {}, context), { code: 'CANCELLED' }, 'nor does one begin any more')
})

test('a box that stops in the middle of a call ends it', { timeout: 5000 }, async (t) => {
  const { box, serving } = await boxIn(t, async (_name, _args, { onProgress }) => {
    onProgress({ phase: 'drain' })
    return await new Promise(() => undefined)
  })
  const context = { ...still, onProgress: () => void serving[Symbol.asyncDispose]() }
  await assert.rejects(box.call('community.show', {}, context), { code: 'BOX_STOPPED' })
})

test('a box that hangs is not waited for', { timeout: 5000 }, async (t) => {
  const folder = folderFor(t)
  const server = createServer().listen(join(folder, 'control.sock'))
  t.after(() => server.close())
  const box = await connectControl(world, pathFromText(folder))
  assert.ok(box)
  await assert.rejects(box.call('community.show', {}, still), { code: 'BOX_SILENT', details: { folder } })
})

test('work that takes long without a word is waited for', { timeout: 5000 }, async (t) => {
  const { box } = await boxIn(t, async () => {
    await fast.sleep(60_000)
    return 'done'
  })
  assert.equal(await box.call('community.show', {}, still), 'done')
})
