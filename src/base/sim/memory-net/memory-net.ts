import type { Duplex } from 'node:stream'
import type { Address, Listener, Net } from '../../ports.ts'
import { systemError } from '../../system-error.ts'
import type { MachineClock } from '../sim-clock.ts'
import type { SimRandom } from '../sim-random.ts'
import { Lane, type LaneWorld } from './lane.ts'
import { DIAL_MS_MAX, type LinkOptions, linkDefaults } from './link.ts'
import { SimSocket } from './socket.ts'

type OnConnection = Parameters<Net['listen']>[1]

interface Machine {
  on: boolean
  /** Counts the starts: a `Net` given out before a crash belongs to a dead program. */
  starts: number
  readonly listeners: Map<number, { readonly address: Address; readonly onConnection: OnConnection }>
}

interface Connection {
  readonly ends: readonly [SimSocket, SimSocket]
  readonly lanes: readonly [Lane, Lane]
  readonly hosts: readonly [string, string]
}

const PORT_FIRST_FREE = 49_152
const HERE = new Set(['localhost', '127.0.0.1', '::1', '::', '0.0.0.0'])
const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])

/** A network of named machines on virtual time. */
export class MemoryNet {
  readonly #clock: Pick<MachineClock, 'monotonic' | 'schedule'>
  readonly #random: SimRandom
  readonly #defaults: LinkOptions
  readonly #links = new Map<string, LinkOptions>()
  readonly #cuts = new Set<string>()
  readonly #machines = new Map<string, Machine>()
  readonly #connections = new Set<Connection>()
  readonly #world: LaneWorld
  #portNext = PORT_FIRST_FREE

  constructor(
    clock: Pick<MachineClock, 'monotonic' | 'schedule'>,
    random: SimRandom,
    options: { link?: Partial<LinkOptions> } = {},
  ) {
    this.#clock = clock
    this.#random = random
    this.#defaults = { ...linkDefaults, ...options.link }
    this.#world = {
      now: () => clock.monotonic(),
      schedule: (ms, act) => clock.schedule(ms, act),
      random,
      link: (from, to) => this.#link(from, to),
      passes: (from, to) => this.#passes(from, to),
    }
  }

  /** The net as the program on `host` sees it, from now until the machine goes down. */
  on(host: string): Net {
    const machine = this.#machines.get(host) ?? { on: true, starts: 0, listeners: new Map() }
    this.#machines.set(host, machine)
    const start = machine.starts
    const alive = () => machine.on && machine.starts === start
    return {
      dial: async (address, signal) => {
        signal.throwIfAborted()
        if (!alive()) throw systemError('ENETDOWN', 'connect')
        return this.#dial(host, HERE.has(address.host) ? host : address.host, address.port, signal, alive)
      },
      listen: async (address, onConnection) => {
        if (!alive()) throw systemError('ENETDOWN', 'listen')
        return this.#listen(machine, address, onConnection)
      },
      resolve: async (name) => {
        if (!HERE.has(name) && !this.#machines.has(name)) throw systemError('ENOTFOUND', 'getaddrinfo', name)
        return [name]
      },
      ownAddresses: () => [host],
      routerAddress: async () => null,
    }
  }

  /** How bytes travel between two machines, both ways; what is open changes too. */
  setLink(a: string, b: string, link: Partial<LinkOptions>): void {
    this.#links.set(pairOf(a, b), { ...this.#link(a, b), ...link })
  }

  /** Nothing passes between two machines; connections hang until `heal`, or time out after 15 minutes. */
  cut(a: string, b: string): void {
    this.#cuts.add(pairOf(a, b))
  }

  heal(a: string, b: string): void {
    this.#cuts.delete(pairOf(a, b))
    this.#retransmit()
  }

  healAll(): void {
    this.#cuts.clear()
    this.#retransmit()
  }

  /**
   * The program on `host` is dead: its sockets and listeners are gone. `reset`: the machine lives and resets its
   * connections. `silence`: the machine is off; the others learn it when they write and time out, or after `up`.
   */
  down(host: string, peersSee: 'reset' | 'silence' = 'silence'): void {
    const machine = this.#machines.get(host)
    if (machine === undefined) return
    machine.on = false
    machine.starts++
    machine.listeners.clear()
    for (const { ends, hosts } of this.#connections) {
      ends.forEach((end, place) => {
        if (hosts[place] === host) end.kill(peersSee === 'reset')
      })
    }
  }

  /** The machine is on again; `on(host)` gives its new net. */
  up(host: string): void {
    const machine = this.#machines.get(host)
    if (machine !== undefined) machine.on = true
    this.#retransmit()
  }

  get connections(): number {
    return this.#connections.size
  }

  #link(a: string, b: string): LinkOptions {
    return (
      this.#links.get(pairOf(a, b)) ?? (a === b ? { ...this.#defaults, latencyMs: 0, jitterMs: 0 } : this.#defaults)
    )
  }

  #passes(from: string, to: string): boolean {
    return !this.#cuts.has(pairOf(from, to)) && this.#machines.get(to)?.on === true
  }

  #retransmit(): void {
    for (const { lanes } of this.#connections) for (const lane of lanes) lane.retransmit()
  }

  #listen(machine: Machine, address: Address, onConnection: OnConnection): Listener {
    const port = address.port === 0 ? this.#portNext++ : address.port
    if (machine.listeners.has(port)) throw systemError('EADDRINUSE', 'listen')
    const entry = { address, onConnection }
    machine.listeners.set(port, entry)
    return {
      address: { host: address.host, port },
      async [Symbol.asyncDispose]() {
        if (machine.listeners.get(port) === entry) machine.listeners.delete(port)
      },
    }
  }

  #dial(from: string, to: string, port: number, signal: AbortSignal, alive: () => boolean): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const startedAt = this.#clock.monotonic()
      let cancelTimer: () => void = () => undefined
      const settle = (act: () => void) => {
        cancelTimer()
        signal.removeEventListener('abort', onAbort)
        // A dead program hears of nothing.
        if (alive()) act()
      }
      const after = (ms: number, act: () => void) => {
        cancelTimer = this.#clock.schedule(ms, act)
      }
      const fail = (code: string) => settle(() => reject(systemError(code, 'connect', `${to}:${port}`)))
      const knock = (waitMs: number) => {
        const waitedMs = this.#clock.monotonic() - startedAt
        if (!this.#machines.has(to)) return fail('EHOSTUNREACH')
        if (!this.#passes(from, to) || !this.#passes(to, from)) {
          if (waitedMs >= DIAL_MS_MAX) return fail('ETIMEDOUT')
          return after(Math.min(waitMs, DIAL_MS_MAX - waitedMs), () => knock(2 * waitMs))
        }
        const backMs = this.#travelMs(from, to)
        const socket = this.#accept(from, to, port)
        if (socket === undefined) return after(backMs, () => fail('ECONNREFUSED'))
        onLate = () => socket.destroy()
        after(backMs, () => settle(() => resolve(socket)))
      }
      let onLate: () => void = () => undefined
      const onAbort = () =>
        settle(() => {
          onLate()
          reject(signal.reason)
        })
      signal.addEventListener('abort', onAbort, { once: true })
      after(this.#travelMs(from, to), () => knock(1_000))
    })
  }

  #travelMs(from: string, to: string): number {
    const { latencyMs, jitterMs } = this.#link(from, to)
    return latencyMs + (jitterMs > 0 ? this.#random.fraction() * jitterMs : 0)
  }

  /** Makes both ends and gives the listener its own; the dialler's comes back. */
  #accept(from: string, to: string, port: number): SimSocket | undefined {
    const listener = this.#machines.get(to)?.listeners.get(port)
    if (listener === undefined || (LOOPBACK.has(listener.address.host) && from !== to)) return undefined
    const gone = () => {
      if (near.gone && far.gone) this.#forget(connection)
    }
    const near: SimSocket = new SimSocket(to, gone)
    const far: SimSocket = new SimSocket(from, gone)
    const there = new Lane(this.#world, from, to, { sender: near, receiver: () => far })
    const back = new Lane(this.#world, to, from, { sender: far, receiver: () => near })
    near.connect(there, back)
    far.connect(back, there)
    const connection: Connection = { ends: [near, far], lanes: [there, back], hosts: [from, to] }
    this.#connections.add(connection)
    listener.onConnection(far, from)
    return near
  }

  /** Both ends are closed: what is still on the way interests nobody. */
  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    for (const lane of connection.lanes) lane.stop()
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
