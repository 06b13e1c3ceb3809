/** Wrapped keyrings of one owner, each under its hash; kept for ever. */
import {
  type BytePath,
  DatisError,
  type Disk,
  ignoring,
  joinPath,
  type Log,
  readWhole,
  toHex,
  type Workers,
} from '#base'
import { sha256 } from '#crypto'
import { KEYRING_BYTES_MAX, KEYRINGS_MAX } from '../limits.ts'
import { writeFileJob, writeOnceJob } from './fragment-jobs.ts'

export class HostedKeyrings {
  readonly #deps: { readonly disk: Disk; readonly workers: Workers; readonly log: Log }
  readonly #folder: BytePath
  readonly #owner: string

  constructor(
    deps: { readonly disk: Disk; readonly workers: Workers; readonly log: Log },
    { folder, owner }: { folder: BytePath; owner: string },
  ) {
    this.#deps = deps
    this.#folder = folder
    this.#owner = owner
  }

  async put(hash: string, bytes: Uint8Array): Promise<void> {
    const known = this.list()
    if (!known.includes(hash) && known.length >= KEYRINGS_MAX) {
      throw new DatisError('KEYRINGS_TOO_LARGE', 'A host keeps no more keyrings of this box.', { max: KEYRINGS_MAX })
    }
    if (await this.#deps.workers.run(writeOnceJob, { folder: this.#folder, name: hash, bytes })) return
    // Its name is its hash: a stored copy that differs is damaged, and the good bytes take its place.
    this.#deps.log.error('hosted.keyring.damaged', { owner: this.#owner, hash })
    await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name: hash, bytes })
  }

  list(): string[] {
    const names = ignoring(['ENOENT'], () => this.#deps.disk.list(this.#folder)) ?? []
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort()
  }

  /** Null when it is not there, or no more what its name says. */
  get(hash: string): Uint8Array | null {
    const path = joinPath(this.#folder, hash)
    const bytes = ignoring(['ENOENT', 'FILE_TOO_LARGE'], () => readWhole(this.#deps.disk, path, KEYRING_BYTES_MAX))
    return bytes !== undefined && toHex(sha256(bytes)) === hash ? bytes : null
  }
}
