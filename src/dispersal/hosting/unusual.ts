/** What a host tells the members of an owner's unusual releases: `unusual/<10 digits>.cbor`, signed, kept. */
import { type BytePath, type Disk, ignoring, joinPath, type Log, readWhole, type Workers } from '#base'
import { decodeSigned, encodeSigned, encodeUnusualRelease, type Signed, type UnusualRelease } from '#crypto'
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
    if (numbers.length >= NOTICES_MAX) return
    const signer = this.#host.signer()
    const body = encodeUnusualRelease({ format: 1, host: signer.box, store: this.#host.store, ...notice })
    const name = fileName((numbers.at(-1) ?? 0) + 1)
    const bytesOfFile = encodeSigned(sign(signer, 'unusual-release', body))
    await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name, bytes: bytesOfFile })
  }

  /** Newest first. */
  list(): Signed[] {
    return this.#numbers()
      .slice(-NOTICES_PAGE_MAX)
      .reverse()
      .map((number) =>
        decodeSigned(readWhole(this.#deps.disk, joinPath(this.#folder, fileName(number)), STATEMENT_BYTES_MAX)),
      )
  }
}

function fileName(number: number): string {
  return `${String(number).padStart(10, '0')}.cbor`
}
