/** Networks of namespaces with real routers, one family of addresses at a time: the Internet, members on it, and a box behind a router. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** What this machine lacks for such networks; undefined when it lacks nothing. */
export function lackedForNetworks(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces are for root'
  const missing = ['ip', 'nft', 'sysctl', 'miniupnpd'].filter((name) => spawnSync('which', [name]).status !== 0)
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

export type Family = 'ipv4' | 'ipv6'

const PLAN = {
  ipv4: {
    // Not of the ranges for documentation: routers take those for private ones.
    wan: (host: number) => `11.22.33.${host}`,
    lan: (host: number) => `192.168.1.${host}`,
    shared: (host: number) => `100.64.0.${host}`,
    wanBits: 24,
    lanBits: 24,
    nft: 'ip',
    unspecified: '0.0.0.0',
  },
  ipv6: {
    wan: (host: number) => `2001:db8:1::${host}`,
    lan: (host: number) => `fd00:1::${host}`,
    shared: (host: number) => `fd00:64::${host}`,
    wanBits: 64,
    lanBits: 64,
    nft: 'ip6',
    unspecified: '::',
  },
} as const

const ROUTER = 1
export const BOX = 2
export const OTHER_MACHINE = 3
export const PUBLIC = 10
const PORT = 4600

/** `wan` is a switch; members hang on it; `router` stands between it and `lan`, on which the box and another machine are. */
export class Network {
  readonly family: Family
  readonly #prefix = `dt${process.pid}${Math.floor(Math.random() * 1000)}`
  readonly #children = new Set<ChildProcess>()
  #links = 0

  constructor(t: TestContext, family: Family) {
    assert.equal(lackedForNetworks(), undefined)
    this.family = family
    t.after(() => this.#remove())
    for (const name of ['wan', 'router', 'lan', 'box', 'other', 'm1', 'm2', 'm3']) this.#add(name)
    for (const bridge of ['wan', 'lan']) {
      this.ip(bridge, 'link', 'add', 'br0', 'type', 'bridge')
      this.ip(bridge, 'link', 'set', 'br0', 'up')
    }
    this.#connect('router', 'wan', this.wan(PUBLIC))
    this.#connect('router', 'lan', this.lan(ROUTER))
    for (const [index, member] of ['m1', 'm2', 'm3'].entries()) this.#connect(member, 'wan', this.wan(21 + index))
    for (const [name, host] of [
      ['box', BOX],
      ['other', OTHER_MACHINE],
    ] as const) {
      this.#connect(name, 'lan', this.lan(host))
      this.ip(name, 'route', 'add', 'default', 'via', this.lan(ROUTER))
    }
    this.run('router', 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1')
  }

  wan(host: number): string {
    return PLAN[this.family].wan(host)
  }

  lan(host: number): string {
    return PLAN[this.family].lan(host)
  }

  /** Of all interfaces, with the port of boxes. */
  get listen(): string {
    return this.address(PLAN[this.family].unspecified)
  }

  /** With the port of boxes. */
  address(host: string): string {
    return this.family === 'ipv6' ? `[${host}]:${PORT}` : `${host}:${PORT}`
  }

  namespace(name: string): string {
    return `${this.#prefix}${name}`
  }

  run(name: string, ...command: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.namespace(name), ...command], { encoding: 'utf8' })
  }

  ip(name: string, ...args: readonly string[]): void {
    execFileSync('ip', ['-n', this.namespace(name), ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  }

  /** The rules of the router instead of all before; `%F` stands for the family. */
  rules(text: string): void {
    const input = `flush ruleset\n${text.replaceAll('%F', PLAN[this.family].nft)}\n`
    execFileSync('ip', ['netns', 'exec', this.namespace('router'), 'nft', '-f', '-'], { input })
  }

  /** Addresses of the router on the Internet, instead of those before. */
  publicAddress(host: number): void {
    const { wanBits } = PLAN[this.family]
    this.ip('router', 'addr', 'flush', 'dev', 'towan', 'scope', 'global')
    this.ip('router', 'addr', 'add', `${this.wan(host)}/${wanBits}`, 'dev', 'towan', ...this.#noDad)
    // Who knew where the old one was forgets it: what goes there is lost from now on.
    for (const name of ['m1', 'm2', 'm3', 'router']) this.ip(name, 'neigh', 'flush', 'all')
  }

  /** The box in the range of customers behind an operator's translator. */
  shareAddress(): void {
    const { shared, lanBits } = PLAN[this.family]
    this.ip('router', 'addr', 'add', `${shared(ROUTER)}/${lanBits}`, 'dev', 'tolan', ...this.#noDad)
    this.ip('box', 'addr', 'flush', 'dev', 'tolan', 'scope', 'global')
    this.ip('box', 'addr', 'add', `${shared(BOX)}/${lanBits}`, 'dev', 'tolan', ...this.#noDad)
    this.ip('box', 'route', 'replace', 'default', 'via', shared(ROUTER))
  }

  start(name: string, command: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace(name), ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  get #noDad(): string[] {
    return this.family === 'ipv6' ? ['nodad'] : []
  }

  #add(name: string): void {
    execFileSync('ip', ['netns', 'add', this.namespace(name)])
    this.ip(name, 'link', 'set', 'lo', 'up')
  }

  /** A cable from a machine to a switch, and an address at its end. */
  #connect(name: string, bridge: string, address: string): void {
    const { wanBits, lanBits } = PLAN[this.family]
    const [near, far] = [`to${bridge}`, `p${this.#links++}`]
    const peer = ['peer', 'name', far, 'netns', this.namespace(bridge)]
    this.ip(name, 'link', 'add', near, 'type', 'veth', ...peer)
    this.ip(bridge, 'link', 'set', far, 'master', 'br0', 'up')
    this.ip(name, 'link', 'set', near, 'up')
    this.ip(name, 'addr', 'add', `${address}/${bridge === 'wan' ? wanBits : lanBits}`, 'dev', near, ...this.#noDad)
  }

  async #remove(): Promise<void> {
    for (const child of this.#children) {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    for (const name of ['wan', 'router', 'lan', 'box', 'other', 'm1', 'm2', 'm3']) {
      const pids = execFileSync('ip', ['netns', 'pids', this.namespace(name)], { encoding: 'utf8' })
      for (const pid of pids.split('\n').filter((one) => one !== '')) process.kill(Number(pid), 'SIGKILL')
      execFileSync('ip', ['netns', 'del', this.namespace(name)])
    }
  }
}
