import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realRandom } from '#base'
import type { PeerListResult, ProbeResult } from '#box'
import { boxKeysFromSeed, issueCertificate, rootKeysFromEntropy } from '#crypto'
import { BOX, type Family, lackedForNetworks, Network, OTHER_MACHINE, PUBLIC } from './network.ts'

const DATIS = resolve(import.meta.dirname, '../../datis')
const IMPOSTOR = join(import.meta.dirname, 'impostor.ts')
const VERDICT_MS_MAX = 30_000
const MEMBERS = ['m1', 'm2', 'm3']
const ANOTHER_PUBLIC = 11
/** Left out where people try things; never where a change is accepted. */
const skip = process.env.CI === undefined && lackedForNetworks()

/** Three members on the Internet, and a box behind a router. */
class Site {
  readonly network: Network
  readonly folder = mkdtempSync(join(tmpdir(), 'datis-reach-'))
  box = ''

  constructor(t: TestContext, family: Family) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }))
    this.network = new Network(t, family)
  }

  async start(): Promise<void> {
    const { network } = this
    const where = ['box', ...MEMBERS].map(
      (name, index) => [name, network.wan(index === 0 ? PUBLIC : 20 + index)] as const,
    )
    for (const [name, host] of where) {
      const at = ['--listen', network.listen, '--address', network.address(host)]
      const made = this.datis(
        'box',
        'create',
        '--name',
        name,
        ...at,
        '--words-to',
        join(this.folder, `${name}.words`),
        ...this.#data(name),
      )
      if (name === 'box') this.box = String(made.box)
    }
    this.datis('community', 'found', ...where.flatMap(([name]) => this.#data(name)))
    await Promise.all(where.map(([name]) => this.#run(name)))
  }

  #data(name: string): string[] {
    return ['--data', join(this.folder, name)]
  }

  async #run(name: string): Promise<void> {
    const child = this.network.start(name, [DATIS, 'box', 'run', ...this.#data(name), '--manual', '--json'])
    child.stderr?.resume()
    const [first] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    assert.match(String(first), /ready/)
  }

  datis(...args: string[]): Record<string, unknown> {
    return this.#json([0], args)
  }

  #json(exits: readonly number[], args: readonly string[]): Record<string, unknown> {
    try {
      return lastLine(
        execFileSync(DATIS, [...args, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      )
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string }
      assert.ok(exits.includes(status), `datis ${args.join(' ')} → ${status}\n${stdout}`)
      return lastLine(stdout)
    }
  }

  /** The verdict, and that it came in time. */
  probe(): ProbeResult {
    const from = performance.now()
    const result = this.#json([0, 4], ['peer', 'probe', ...this.#data('box')]) as unknown as ProbeResult
    assert.ok(performance.now() - from < VERDICT_MS_MAX, 'within half a minute')
    return result
  }

  async seenBy(member: string, state: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { items } = this.datis('peer', 'list', ...this.#data(member)) as unknown as PeerListResult
      const seen = items.find(({ box }) => box === this.box)?.state
      if (seen === state) return
      assert.ok(tries < 20, `${member} sees the box as ${seen}`)
      await sleep(1000)
    }
  }

  /** The router tells its public address to who asks. */
  async natPmp(): Promise<void> {
    const path = join(this.folder, 'miniupnpd.conf')
    writeFileSync(path, 'ext_ifname=towan\nlistening_ip=tolan\nenable_natpmp=yes\nenable_upnp=no\n')
    const child = this.network.start('router', [
      'miniupnpd',
      '-d',
      '-f',
      path,
      '-P',
      join(this.folder, 'miniupnpd.pid'),
    ])
    child.stdout?.resume()
    await once(child.stderr as NodeJS.ReadableStream, 'data')
  }

  /** TLS under the certificate of a stranger who names this box. */
  async impostor(name: string, port: number): Promise<() => void> {
    const random = realRandom()
    const root = rootKeysFromEntropy(random.bytes(32))
    const keys = boxKeysFromSeed(random.bytes(32))
    const { organisation } = root
    const claims = { box: this.box, organisation, epoch: 0, role: 'box', publicKey: keys.publicKey } as const
    const der = Buffer.from(issueCertificate(root, claims, random)).toString('base64')
    const [certificate, key] = [join(this.folder, 'forged.pem'), join(this.folder, 'forged.key')]
    writeFileSync(certificate, `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`)
    writeFileSync(key, keys.privatePem)
    const child = this.network.start(name, [process.execPath, IMPOSTOR, String(port), certificate, key])
    child.stderr?.resume()
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    return () => void child.kill('SIGKILL')
  }
}

function lastLine(out: string): Record<string, unknown> {
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')
}

/** What a router does with connections from its network, and with those to the port of boxes. */
function nat(forward: string, more = ''): string {
  return `table %F nat {
    chain in {
      type nat hook prerouting priority dstnat
      ${forward}
    }
    chain out {
      type nat hook postrouting priority srcnat
      oifname "towan" masquerade
      ${more}
    }
  }
  `
}

const DROPPED = `table %F guard {
  chain in {
    type filter hook input priority filter
    iifname "towan" tcp dport 4600 drop
  }
}`

for (const family of ['ipv4', 'ipv6'] as const) {
  test(`${family}: why a box behind a router is not reached is told right, each within half a minute`, {
    skip,
  }, async (t) => {
    const site = new Site(t, family)
    const { network } = site
    const to = (host: number, at = PUBLIC) =>
      `iifname "towan" %F daddr ${network.wan(at)} tcp dport 4600 dnat to ${network.lan(host)}`
    network.rules(nat(''))
    await site.start()

    await t.test('closed: the router refuses; the box hosts over sessions that it opens itself', async () => {
      assert.equal(site.probe().verdict, 'closed')
      await site.seenBy('m1', 'lent')
    })

    await t.test('reachable: the router redirects the port', async () => {
      network.rules(nat(to(BOX)))
      if (family === 'ipv4') await site.natPmp()
      const { verdict, members, router } = site.probe()
      assert.equal(verdict, 'reachable')
      assert.equal(router, family === 'ipv4' ? network.wan(PUBLIC) : null)
      assert.equal(members.length, 3)
      for (const { from } of members) assert.equal(from, network.wan(PUBLIC))
    })

    await t.test('filtered: a firewall drops', () => {
      network.rules(nat('') + DROPPED)
      assert.equal(site.probe().verdict, 'filtered')
    })

    await t.test('another machine answers', async () => {
      network.rules(nat(to(OTHER_MACHINE)))
      const child = network.start('other', [process.execPath, '-e', TALKER])
      await once(child.stdout as NodeJS.ReadableStream, 'data')
      assert.equal(site.probe().verdict, 'other')
      child.kill('SIGKILL')
    })

    await t.test('TLS intercepted, on the way in', async () => {
      const stop = await site.impostor('other', 4600)
      assert.equal(site.probe().verdict, 'intercepted')
      stop()
    })

    await t.test('only from inside: the router leads back those of its own network alone', () => {
      const inside = `iifname "tolan" %F daddr ${network.wan(PUBLIC)} tcp dport 4600 dnat to ${network.lan(BOX)}`
      network.rules(nat(inside, 'oifname "tolan" masquerade') + DROPPED)
      assert.equal(site.probe().verdict, 'inside')
    })

    await t.test('address changed: the box answers at a new one, which is told', () => {
      network.rules(nat(to(BOX, ANOTHER_PUBLIC)))
      network.publicAddress(ANOTHER_PUBLIC)
      const { verdict, announce } = site.probe()
      assert.deepEqual([verdict, announce], ['changed', network.address(network.wan(ANOTHER_PUBLIC))])
      network.publicAddress(PUBLIC)
    })

    await t.test('TLS intercepted, on the way out', async () => {
      const stop = await site.impostor('router', 4700)
      network.rules(nat('iifname "tolan" tcp dport 4600 redirect to :4700'))
      assert.equal(site.probe().verdict, 'intercepted')
      stop()
    })

    // IPv6 has addresses enough: no operator shares one.
    if (family === 'ipv4') {
      await t.test('shared address: the box is in the range of an operator’s customers', () => {
        network.rules(nat(''))
        network.shareAddress()
        assert.equal(site.probe().verdict, 'shared')
      })
    }
  })
}

const TALKER = `require('node:net').createServer((socket) => {
  socket.on('error', () => undefined).end('220 mail.example.org ESMTP\\\\r\\\\n')
}).listen(4600, '::', () => console.log('ready'))`
