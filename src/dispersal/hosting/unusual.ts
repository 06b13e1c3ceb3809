/** What a host tells the members of an owner's unusual releases: `unusual/<10 digits>.cbor`, signed, kept. */
import { type BytePath, DatisError, type Disk, ignoring, joinPath, type Log, readWhole, type Workers } from '#base'
import {
  decodeSigned,
  decodeUnusualRelease,
  encodeSigned,
  encodeUnusualRelease,
  type Signed,
  type UnusualRelease,
} from '#crypto'
import { NOTICES_MAX, NOTICES_PAGE_MAX, STATEMENT_BYTES_MAX } from '../limits.ts'
import { type Signer, sign } from '../statements.ts'
import { writeFileJob } from './fragment-jobs.ts'

export type Notice = Omit<UnusualRelease, 'format' | 'host' | 'store'>

export class UnusualReleases {
  readonly #deps: { readonly disk: Disk; readonly workers: Workers; readonly log: Log }
  readonly #host: { readonly store: string; readonly signer: () => Signer }
  readonly #folder: BytePath

  constructor(
    deps: { readonly disk: Disk; readonly workers: Workers; readonly log: Log },
    host: { readonly store: string; readonly signer: () => Signer },
    folder: BytePath,
  ) {
    this.#deps = deps
    this.#host = host
    this.#folder = folder
  }

  #numbers(): number[] {
    const names = ignoring(['ENOENT'], () => this.#deps.disk.list(this.#folder)) ?? []
    const numbers = names.flatMap((name) => (/^[0-9]{10}\.cbor$/.test(name) ? [Number(name.slice(0, 10))] : []))
    return numbers.sort((a, b) => a - b)
  }

  async add(notice: Notice): Promise<void> {
    const { owner, class: packClass, bytes, refused, held, reason } = notice
    this.#deps.log.warn('hosted.release.unusual', { owner, class: packClass, bytes, refused, held, reason })
    const numbers = this.#numbers()
    // The oldest make room: nothing new may go unseen.
    for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - NOTICES_MAX))) {
      this.#deps.disk.removeFile(joinPath(this.#folder, fileName(old)))
    }
    const signer = this.#host.signer()
    const body = encodeUnusualRelease({ format: 1, host: signer.box, store: this.#host.store, ...notice })
    const name = fileName((numbers.at(-1) ?? 0) + 1)
    const bytesOfFile = encodeSigned(sign(signer, 'unusual-release', body))
    await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name, bytes: bytesOfFile })
  }

  /** Number of the newest; 0 when there is none. */
  newest(): number {
    return this.#numbers().at(-1) ?? 0
  }

  list(): Signed[] {
    return this.#page(0).map(({ signed }) => signed)
  }

  /** Those with a greater number than that, newest first: a page at most. */
  after(number: number): { readonly number: number; readonly notice: UnusualRelease }[] {
    return this.#page(number).map((one) => ({ number: one.number, notice: decodeUnusualRelease(one.signed.body) }))
  }

  /** Newest first; a damaged one hides no other. */
  #page(after: number): { readonly number: number; readonly signed: Signed }[] {
    const newest = this.#numbers().slice(-NOTICES_PAGE_MAX).reverse()
    return newest.flatMap((number) => {
      const signed = number > after ? this.#read(fileName(number)) : null
      return signed === null ? [] : [{ number, signed }]
    })
  }

  #read(name: string): Signed | null {
    try {
      return decodeSigned(readWhole(this.#deps.disk, joinPath(this.#folder, name), STATEMENT_BYTES_MAX))
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.error('hosted.notice.damaged', { name, code: error.code })
      return null
    }
  }
}

function fileName(number: number): string {
  return `${String(number).padStart(10, '0')}.cbor`
}
