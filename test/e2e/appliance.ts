/** A box that does all by itself, with a console. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Town } from './town.ts'

interface Ready {
  readonly web: string
  readonly setupCode: string | null
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Until it is killed. */
export async function begin(town: Town, data: string, port: number): Promise<{ child: ChildProcess; ready: Ready }> {
  const { child } = town.start(['box', 'run', '--data', data, '--web', `127.0.0.1:${port}`])
  let said = ''
  child.stdout?.on('data', (part: string) => {
    said += part
  })
  await until(
    () => said.includes('"ready":true'),
    () => said,
  )
  return { child, ready: JSON.parse(said.split('\n')[0] ?? '') as Ready }
}

export async function until(
  isSo: () => boolean | Promise<boolean>,
  why: () => string = () => 'in time',
): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isSo())) {
    assert.ok(Date.now() < end, why())
    await sleep(100)
  }
}
