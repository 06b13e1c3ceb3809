/** Boxes with certificates, a clock that a test turns by hand and a net of memory pipes, for suites about transports. */
import { createHash } from 'node:crypto'
import { type Duplex, duplexPair } from 'node:stream'
import { type Address, type Clock, type Deadline, type Net, type Random, systemError, toHex } from '#base'
import { type BoxKeys, boxKeysFromSeed, issueCertificate, type RootKeys, rootKeysFromEntropy } from '#crypto'
import type { Admission, LocalIdentity } from '#network'

export interface TestBox {
  readonly box: string
  readonly organisation: string
  readonly root: RootKeys
  readonly keys: BoxKeys
  readonly identity: LocalIdentity
}

const hash = (text: string): Uint8Array => Uint8Array.from(createHash('sha256').update(text).digest())

export function countedRandom(seed = 'random'): Random {
  let count = 0
  const bytes = (wanted: number): Uint8Array => {
    const parts: Uint8Array[] = []
    for (let have = 0; have < wanted; have += 32) parts.push(hash(`${seed} ${count++}`))
    return Uint8Array.from(Buffer.concat(parts).subarray(0, wanted))
  }
  return { bytes, below: (bound) => Buffer.from(bytes(4)).readUInt32BE(0) % bound }
}

/** The same name gives the same box; `box` and `role` are for forgeries and recoveries. */
export function testBox(
  name: string,
  claims: { box?: string; role?: 'box' | 'recovery'; epoch?: number } = {},
): TestBox {
  const root = rootKeysFromEntropy(hash(`root ${name}`))
  const keys = boxKeysFromSeed(hash(`box ${name}`))
  const { organisation } = root
  const box = claims.box ?? toHex(hash(`id ${name}`).subarray(0, 16))
  const all = {
    box,
    organisation,
    epoch: claims.epoch ?? 1,
    role: claims.role ?? 'box',
    publicKey: keys.publicKey,
  } as const
  const certificate = issueCertificate(root, all, countedRandom(name))
  return {
    box,
    organisation,
    root,
    keys,
    identity: { certificate, privatePem: keys.privatePem, publicKey: keys.publicKey },
  }
}

/** Admits the boxes of a list that may change meanwhile. */
export function admitting(boxes: readonly TestBox[] | Set<TestBox>): Admission {
  return {
    roots: () => [...boxes].map(({ organisation }) => organisation),
    admit: ({ box }) => [...boxes].some((one) => one.box === box),
  }
}

export interface ManualClock extends Clock {
  /** Lets time pass, timer by timer, with a turn of the event loop after each. */
  advance(ms: number): Promise<void>
}

export function manualClock(): ManualClock {
  let now = 1000
  const timers = new Set<{ at: number; fire: () => void }>()
  const after = (ms: number, act: () => void) => {
    const timer = { at: now + ms, fire: act }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted()
      const cancel = after(ms, resolve)
      signal?.addEventListener('abort', () => cancel() && reject(signal.reason), { once: true })
    })
  const deadline = (ms: number): Deadline => {
    const controller = new AbortController()
    const cancel = after(ms, () => controller.abort(new DOMException('The deadline has passed.', 'TimeoutError')))
    return { signal: controller.signal, [Symbol.dispose]: () => void cancel() }
  }
  const nextBefore = (end: number) => [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  const advance = async (ms: number) => {
    const end = now + ms
    await turns()
    for (let next = nextBefore(end); next !== undefined; next = nextBefore(end)) {
      timers.delete(next)
      now = next.at
      next.fire()
      await turns()
    }
    now = end
  }
  return { monotonic: () => now, wall: () => now, sleep, deadline, advance }
}

/** Enough turns of the event loop for bytes to cross a loopback socket or a pipe. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A net of pipes in memory; `onDial` may replace a connection, to cut or silence it. */
export function pipeNet(): Net {
  const listeners = new Map<number, Parameters<Net['listen']>[1]>()
  let nextPort = 1000
  return {
    async dial(address: Address, signal: AbortSignal) {
      signal.throwIfAborted()
      const onConnection = listeners.get(address.port)
      if (onConnection === undefined) throw systemError('ECONNREFUSED', 'connect')
      const [near, far] = duplexPair()
      linkEnds(near, far)
      onConnection(far, '127.0.0.1')
      return near
    },
    async listen(address, onConnection) {
      const port = address.port === 0 ? nextPort++ : address.port
      listeners.set(port, onConnection)
      return { address: { host: address.host, port }, [Symbol.asyncDispose]: async () => void listeners.delete(port) }
    },
    resolve: async (host) => [host],
    ownAddresses: () => [],
    routerAddress: async () => null,
  }
}

/** As TCP does: when one end goes, the other learns it. */
function linkEnds(near: Duplex, far: Duplex): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.once('close', () => setImmediate(() => other.destroy()))
    other.on('error', () => undefined)
  }
}
