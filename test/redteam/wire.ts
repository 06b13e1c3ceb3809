/** Requests over the transport, as whoever holds the key that dials; what hosts answer, and what they should never. */
import { codeOf, DatisError, joinPath } from '#base'
import { admissionFor } from '#community'
import { type BoxKeys, boxKeysFromSeed, issueCertificate } from '#crypto'
import type { PeerMethod, PeerSession } from '#network'
import type { Signer } from '../../src/dispersal/statements.ts'
import { HOSTING, type Town } from '../../src/dispersal/test-town.ts'

const signal = new AbortController().signal
const ANSWER_BYTES_MAX = 16 * 1024 * 1024
/** Codes that a host may answer with status 500: it is busy, or its disk has lost what it says it has lost. */
const EXPECTED = new Set(['HOST_BUSY'])

/** Events that say that a host met what it did not expect, or could not do what it does by itself. */
const ALARMING = new Set(['peer.request.unexpected', 'hosting.look.failed', 'hosted.owner.unmeasured'])

export interface Dialler {
  readonly signer: Pick<Signer, 'box' | 'certificate'>
  readonly keys: BoxKeys
}

export type Answer = { readonly code: 'OK'; readonly body: Uint8Array } | { readonly code: string; readonly body: null }

/** Sessions of one who dials, and a watch over how hosts answer. */
export class Wire {
  readonly place: Town
  /** What no host may do, whoever asks. */
  readonly faults: string[] = []
  /** Hosts whose power fails just now: what they answer is no answer. */
  readonly dark = new Set<number>()
  requests = 0
  /** Bytes that were sent to each host. */
  readonly sent = new Map<number, number>()
  readonly asked = new Map<number, number>()
  readonly #sessions = new Map<string, PeerSession>()

  constructor(place: Town) {
    this.place = place
    for (const [index, box] of place.boxes.entries()) {
      box.meddle = async (_request, answer) => {
        try {
          return await answer()
        } catch (error) {
          if (!(error instanceof DatisError) && !this.dark.has(index)) {
            this.faults.push(`host ${index} met ${error instanceof Error ? error.stack : String(error)}`)
          }
          throw error
        }
      }
    }
  }

  get owner(): string {
    return this.place.box(0).signer.box
  }

  async ask(
    host: number,
    method: PeerMethod,
    path: string,
    { body, by }: { body?: Uint8Array | undefined; by: Dialler },
  ): Promise<Answer> {
    this.requests++
    this.sent.set(host, (this.sent.get(host) ?? 0) + (body?.byteLength ?? 0))
    this.asked.set(host, (this.asked.get(host) ?? 0) + 1)
    try {
      const session = await this.#session(host, by)
      const call = { method, path, bodyBytesMax: ANSWER_BYTES_MAX, ...(body === undefined ? {} : { body }) }
      const { body: answer } = await this.place.clock.run(session.request(call, signal))
      return { code: 'OK', body: answer }
    } catch (error) {
      this.#judge(host, `${method} ${path.split('?')[0]}`, error)
      return { code: codeOf(error), body: null }
    }
  }

  #judge(host: number, route: string, error: unknown): void {
    if (this.dark.has(host)) return
    if (!(error instanceof DatisError)) this.faults.push(`${route} at ${host}: ${String(error)}`)
    else if (error.details.status === 500 && !EXPECTED.has(error.code)) {
      this.faults.push(`${route} at ${host} answered ${error.code}`)
    }
  }

  async #session(host: number, { signer, keys }: Dialler): Promise<PeerSession> {
    const key = `${host} ${signer.box}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const { clock, charter } = this.place
    const identity = { certificate: signer.certificate, privatePem: keys.privatePem, publicKey: keys.publicKey }
    const address = { host: this.place.box(host).name, port: 4600 }
    const { transport } = this.place.box(0)
    const session = await clock.run(transport.dial(address, { identity, admission: admissionFor(charter), signal }))
    this.#sessions.set(key, session)
    void session.closed.then(() => this.#sessions.delete(key))
    return session
  }

  /** What hosts have logged since the last time that none may log. */
  alarms(): string[] {
    return this.place.boxes.flatMap(({ name, events }, index) => {
      const found = events.splice(0).filter((event) => ALARMING.has(event))
      return this.dark.has(index) ? [] : found.map((event) => `${name} logged ${event}`)
    })
  }

  /** Bytes that a host keeps of the owner. */
  bytesAt(host: number): number {
    const { disk } = this.place.box(host)
    const measure = (folder: ReturnType<typeof joinPath>): number =>
      disk.list(folder).reduce((sum, name) => {
        const path = joinPath(folder, name)
        const { kind, bytes } = disk.stat(path)
        return sum + (kind === 'folder' ? measure(path) : bytes)
      }, 0)
    return measure(joinPath(HOSTING, this.owner))
  }
}

/** The thief's key is the owner's own. */
export function ownerOf(place: Town): Dialler {
  const { signer, keys } = place.box(0)
  return { signer, keys }
}

export function memberOf(place: Town, index: number): Dialler {
  const { signer, keys } = place.box(index)
  return { signer, keys }
}

/** Who has the owner's words and no box. */
export function recoveryOf(place: Town): Dialler {
  const { root } = place.box(0)
  const keys = boxKeysFromSeed(new Uint8Array(32).fill(7))
  const box = '0'.repeat(32)
  const claims = {
    box,
    organisation: root.organisation,
    epoch: 1,
    role: 'recovery',
    publicKey: keys.publicKey,
  } as const
  return { signer: { box, certificate: issueCertificate(root, claims, place.random) }, keys }
}
