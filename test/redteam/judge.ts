/** What must hold whatever the thief does. Shares no code with the hosts that it judges. */
import { bytesEqual, DAY_MS } from '#base'
import { encodeSigned } from '#crypto'
import { decodeBody } from '../../src/dispersal/protocol.ts'
import { noticesSchema } from '../../src/dispersal/release-protocol.ts'
import { verifyUnusualRelease } from '../../src/dispersal/release-statements.ts'
import { hashOf } from '../../src/dispersal/test-town.ts'
import { HOSTS, type KeptStripe, PAST_DAYS, type PackClass } from './past.ts'
import type { Thief } from './thief.ts'
import { type Dialler, memberOf, recoveryOf } from './wire.ts'

/** Of a class, gone by day 90. */
const SHARE_MAX = 0.3
/** An owner who releases each week is told from a thief when so much of a class went. */
const RHYTHM_SHARE_MAX = 0.1
/** Files of heads and notices, and the blocks that small requests cost. */
const BYTES_A_REQUEST_MAX = 24 * 1024

export interface Gone {
  readonly data: number
  readonly metadata: number
}

export class Judge {
  readonly failures: string[] = []
  readonly #thief: Thief
  readonly #recovery: Dialler
  readonly #bytesBefore: ReadonlyMap<number, number>
  readonly #told = new Set<number>()

  constructor(thief: Thief) {
    this.#thief = thief
    this.#recovery = recoveryOf(thief.place)
    this.#bytesBefore = new Map(thief.hosts.map((host) => [host, thief.wire.bytesAt(host)]))
  }

  #fail(day: number, what: string): void {
    this.failures.push(`day ${day}: ${what}`)
  }

  async #get(host: number, what: string): Promise<Uint8Array | null> {
    return (await this.#thief.ask(host, 'GET', what, undefined, this.#recovery)).body
  }

  /** Rows that hosts no more give as they were, by stripe. */
  async #missing(): Promise<Map<KeptStripe, number[]>> {
    const missing = new Map<KeptStripe, number[]>()
    for (const one of this.#thief.past.stripes) {
      for (const { host, row, file } of one.rows) {
        const found = await this.#get(host, `fragments/${one.stripe}.${row}`)
        if (found === null || !bytesEqual(found, file)) missing.set(one, [...(missing.get(one) ?? []), host])
      }
    }
    return missing
  }

  /** Until day 44, and after an undo: each row of each stripe. */
  async everythingIsThere(day: number): Promise<void> {
    const missing = await this.#missing()
    for (const [{ class: packClass }, hosts] of missing) this.#fail(day, `${packClass} is gone from hosts ${hosts}`)
  }

  /** What is gone of what was old enough: by host, and of what can be put together again. */
  async littleIsGone(day: number): Promise<Gone> {
    const missing = await this.#missing()
    const shares = { data: 0, metadata: 0 }
    for (const packClass of ['data', 'metadata'] as const) {
      const all = this.#thief.past.stripes.filter((one) => one.class === packClass && !one.young)
      for (const host of this.#thief.hosts) this.#checkHost(day, { host, packClass, all, missing })
      const lost = all.filter((one) => one.rows.length - (missing.get(one)?.length ?? 0) < one.k)
      shares[packClass] = sum(lost) / sum(all)
      if (shares[packClass] > SHARE_MAX) this.#fail(day, `${percent(shares[packClass])} of all ${packClass} is gone`)
    }
    return shares
  }

  #checkHost(
    day: number,
    {
      host,
      packClass,
      all,
      missing,
    }: { host: number; packClass: PackClass; all: readonly KeptStripe[]; missing: ReadonlyMap<KeptStripe, number[]> },
  ): void {
    const rows = all.flatMap((one) => one.rows.map((row) => ({ ...row, one }))).filter((row) => row.host === host)
    const bytes = rows.reduce((total, { file }) => total + file.byteLength, 0)
    const gone = rows
      .filter(({ one }) => missing.get(one)?.includes(host))
      .reduce((total, { file }) => total + file.byteLength, 0)
    if (gone > SHARE_MAX * bytes) this.#fail(day, `host ${host} forgot ${percent(gone / bytes)} of ${packClass}`)
  }

  /** Log, keyring and heads of before, as they were. */
  async chainIsWhole(day: number): Promise<void> {
    const { past, hosts } = this.#thief
    const log = Buffer.concat([...past.frames])
    for (const host of hosts) {
      const got = await this.#get(host, 'log?from=0')
      if (got === null || !bytesEqual(got.subarray(0, log.byteLength), log)) {
        this.#fail(day, `host ${host} gives ${got?.byteLength ?? 'no'} bytes of a log of ${log.byteLength} or more`)
      }
      const keyring = await this.#get(host, `keyrings/${hashOf(past.keyring)}`)
      if (keyring === null || !bytesEqual(keyring, past.keyring)) this.#fail(day, `host ${host}: the keyring`)
      for (const [index, head] of past.heads.entries()) {
        const found = await this.#get(host, `heads/${index + 1}`)
        if (found === null || !bytesEqual(found, encodeSigned(head))) this.#fail(day, `host ${host}: head ${index + 1}`)
      }
    }
  }

  /** Within a day after a host first let something go it has signed a notice that any member may read. */
  async membersAreTold(day: number): Promise<void> {
    for (const [host, { at }] of this.#thief.accepted) {
      if (this.#told.has(host) || !this.#mustBeTold(host)) continue
      const late = this.#thief.place.clock.monotonic() - at > DAY_MS
      if (await this.#hasNotice(host)) this.#told.add(host)
      else this.#fail(day, `host ${host} tells nobody${late ? ' for more than a day' : ''}`)
    }
  }

  #mustBeTold(host: number): boolean {
    if (!this.#thief.past.rhythm) return true
    const bytes = this.#thief.accepted.get(host)?.bytes
    return (['data', 'metadata'] as const).some((packClass) => {
      const all = this.#thief.keptAt(host).filter((one) => one.class === packClass)
      return (bytes?.[packClass] ?? 0) > RHYTHM_SHARE_MAX * sum(all)
    })
  }

  async #hasNotice(host: number): Promise<boolean> {
    const { place, wire } = this.#thief
    const { body } = await this.#thief.ask(host, 'GET', 'unusual', undefined, memberOf(place, (host % HOSTS) + 1))
    if (body === null) return false
    const { notices } = decodeBody('notices', noticesSchema, body)
    return notices.some((one) => {
      const { release } = verifyUnusualRelease(one, place.box(host).signer, wire.owner)
      // What the owner itself released before is numbered by its days; hosts have told of that, too.
      return release.number > PAST_DAYS
    })
  }

  /** Disks fill with what was sent to them, and with no more. */
  disksAreBounded(day: number): void {
    const { wire, hosts } = this.#thief
    for (const host of hosts) {
      const grown = wire.bytesAt(host) - (this.#bytesBefore.get(host) ?? 0)
      const fair = 2 * (wire.sent.get(host) ?? 0) + BYTES_A_REQUEST_MAX * (wire.asked.get(host) ?? 0)
      if (grown > fair) this.#fail(day, `host ${host} keeps ${grown} bytes more, ${fair} would be fair`)
    }
  }

  hostsAreCalm(day: number): void {
    for (const fault of [...this.#thief.wire.faults.splice(0), ...this.#thief.wire.alarms()]) this.#fail(day, fault)
  }
}

function sum(stripes: readonly KeptStripe[]): number {
  return stripes.reduce((total, { packBytes }) => total + packBytes, 0)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
