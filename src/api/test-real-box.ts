/** A console over a box with a real disk and two sources, of which one is Ursule's. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setPeople } from '#accounts'
import { createBox, type OperationName, type Operations, type RunningBox, runBox } from '#box'
import { consoleFor } from './test-api.ts'

const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function running(t: TestContext, folder: string): Promise<RunningBox> {
  const address = `127.0.0.1:${await freePort()}`
  await createBox({ folder, name: 'box', zone: 'UTC', listen: address, address })
  const stop = new AbortController()
  const started = Promise.withResolvers<RunningBox>()
  const over = runBox(
    folder,
    { fast: false },
    stop.signal,
    () => undefined,
    async (box) => {
      started.resolve(box)
      return { run: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
    },
  ).catch(started.reject)
  t.after(async () => {
    stop.abort()
    await over
  })
  return await started.promise
}

export async function savedConsole(t: TestContext, seed: string) {
  const folder = mkdtempSync(join(tmpdir(), 'datis-sight-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { box, openSnapshot } = await running(t, join(folder, 'box'))
  const call = <Name extends OperationName>(name: Name, args: Operations[Name][0]) => box.call(name, args, CONTEXT)
  const place = (...names: string[]) => join(folder, ...names)
  for (const name of ['hers', 'others']) {
    mkdirSync(place(name, 'letters'), { recursive: true })
    writeFileSync(place(name, 'letters', `${name}.txt`), `${name} secret`)
    await call('source.add', { name, paths: [place(name)], excludes: [], oneFileSystem: false })
  }
  const take = async (source: string) => (await call('snapshot.take', { sources: [source] })).snapshots[0]?.id ?? ''
  // The newest one of all is not hers.
  const ids = { hers: await take('hers'), others: await take('others') }
  const town = await consoleFor(seed, { box, openSnapshot })
  const user = await town.person('user')
  await setPeople({ settings: town.settings, clock: town.clock }, 'box', 'hers', [user.id])
  return { ...town, user, call, take, ids, place }
}
