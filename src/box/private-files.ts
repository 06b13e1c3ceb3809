/**
 * What of `keys/` nobody else may read: in clear, or sealed together under a passphrase in `keys/sealed.cbor`, which is
 * the truth as soon as it is there. docs/formats/keys.md
 */
import { z } from 'zod'
import {
  assert,
  type BytePath,
  bytesEqual,
  DatisError,
  type Disk,
  decodeCbor,
  ignoring,
  joinPath,
  KiB,
  pathToText,
  readWhole,
  writeDurably,
} from '#base'
import {
  type BoxId,
  boundedBytes,
  encodeWith,
  fixedBytes,
  keyFromPassphrase,
  open,
  PASSPHRASE_COST,
  PASSPHRASE_SALT_BYTES,
  type PassphraseCost,
  passphraseFields,
  SEAL_OVERHEAD_BYTES,
  type SealContext,
  seal,
} from '#crypto'
import { foldersOf } from './data-folder.ts'
import type { World } from './world.ts'

const FILES = { seed: 'box.seed', keyring: 'keyring.cbor', mail: 'mail.cbor' } as const
const SEALED = 'sealed.cbor'
const FILE_BYTES_MAX = 64 * KiB
const SEALED_BYTES_MAX = 256 * KiB
const PASSPHRASE_CHARS_MIN = 12
const PASSPHRASE_CHARS_MAX = 1000

const contentsSchema = z.strictObject({
  format: z.literal(1),
  seed: fixedBytes(32),
  keyring: boundedBytes(1, FILE_BYTES_MAX),
  mail: boundedBytes(1, FILE_BYTES_MAX).nullable(),
})

const envelopeSchema = z.strictObject({
  format: z.literal(1),
  ...passphraseFields,
  sealed: boundedBytes(SEAL_OVERHEAD_BYTES, SEALED_BYTES_MAX),
})

type PrivateContents = Omit<z.output<typeof contentsSchema>, 'format'>

/** The key that a passphrase gave, and how. */
interface Lock extends PassphraseCost {
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

type Deps = Pick<World, 'disk' | 'random'>

export function areKeysSealed(disk: Disk, folder: BytePath): boolean {
  return isThere(disk, joinPath(foldersOf(folder).keys, SEALED))
}

export class PrivateFiles {
  readonly #deps: Deps
  /** `keys/`. */
  readonly folder: BytePath
  readonly #box: BoxId
  #lock: Lock | null = null

  /** In clear, until they are sealed. `folder`: of the box. */
  constructor(deps: Deps, folder: BytePath, box: BoxId) {
    this.#deps = deps
    this.folder = foldersOf(folder).keys
    this.#box = box
  }

  get disk(): Disk {
    return this.#deps.disk
  }

  /** PASSPHRASE_NEEDED, PASSPHRASE_WRONG */
  static open(deps: Deps, folder: BytePath, { box, passphrase }: { box: BoxId; passphrase: string | null }) {
    const files = new PrivateFiles(deps, folder, box)
    if (!areKeysSealed(deps.disk, folder)) return files
    if (passphrase === null) {
      throw new DatisError('PASSPHRASE_NEEDED', 'A passphrase seals the keys of this box.', {
        folder: pathToText(folder),
      })
    }
    const { memory, passes, parallelism, salt } = files.#envelope()
    const cost = { memory, passes, parallelism }
    files.#lock = { ...cost, salt, key: keyFromPassphrase(passphrase, salt, cost) }
    files.read()
    // Of a sealing that was cut short: only once it is sure that what is sealed opens.
    files.#removeClear()
    return files
  }

  get areSealed(): boolean {
    return this.#lock !== null
  }

  read(): PrivateContents {
    if (this.#lock !== null) return this.#opened(this.#lock)
    const { disk } = this
    const file = (name: keyof typeof FILES) => readWhole(disk, this.#path(FILES[name]), FILE_BYTES_MAX)
    return {
      seed: file('seed'),
      keyring: file('keyring'),
      mail: ignoring(['ENOENT'], () => file('mail')) ?? null,
    }
  }

  write(changed: Partial<PrivateContents>): void {
    if (this.#lock !== null) this.#writeSealed(this.#lock, { ...this.read(), ...changed })
    else this.#writeClear(changed)
  }

  /** Under another passphrase than before, if there was one. PASSPHRASE_WEAK */
  seal(passphrase: string, cost = PASSPHRASE_COST): void {
    checkPassphrase(passphrase)
    const salt = this.#deps.random.bytes(PASSPHRASE_SALT_BYTES)
    const lock = { ...cost, salt, key: keyFromPassphrase(passphrase, salt, cost) }
    const contents = this.read()
    try {
      this.#writeSealed(lock, contents)
    } catch (error) {
      // It may have its name although that is not durable: what lies there counts, for the next start too.
      if (this.#isSealedBy(lock)) this.#lock = lock
      throw error
    }
    this.#lock = lock
    this.#removeClear()
  }

  /** They lie in clear from now on. */
  unseal(): void {
    if (this.#lock === null) return
    this.#writeClear(this.read())
    this.disk.removeFile(this.#path(SEALED))
    this.#lock = null
    this.disk.syncFolder(this.folder)
  }

  #writeClear(changed: Partial<PrivateContents>): void {
    const { disk } = this
    for (const name of ['seed', 'keyring', 'mail'] as const) {
      const bytes = changed[name]
      if (bytes === null) ignoring(['ENOENT'], () => disk.removeFile(this.#path(FILES[name])))
      else if (bytes !== undefined) writeDurably(disk, this.folder, FILES[name], bytes)
    }
    disk.syncFolder(this.folder)
  }

  #writeSealed({ key, ...how }: Lock, contents: PrivateContents): void {
    const plain = encodeWith(contentsSchema, { format: 1, ...contents })
    const sealed = seal(this.#context(key, plain.byteLength), plain, this.#deps.random.bytes(32))
    assert(bytesEqual(this.#openWith(key, sealed), plain), 'what is sealed opens again')
    plain.fill(0)
    writeDurably(this.disk, this.folder, SEALED, encodeWith(envelopeSchema, { format: 1, ...how, sealed }))
  }

  #envelope(): z.output<typeof envelopeSchema> {
    return decodeCbor(SEALED, envelopeSchema, readWhole(this.disk, this.#path(SEALED), SEALED_BYTES_MAX))
  }

  #opened({ key }: Lock): PrivateContents {
    const { sealed } = this.#envelope()
    const plain = this.#openWith(key, sealed)
    const { format: _format, ...contents } = decodeCbor(SEALED, contentsSchema, plain)
    return contents
  }

  #openWith(key: Uint8Array, sealed: Uint8Array): Uint8Array {
    try {
      return open(this.#context(key, sealed.byteLength - SEAL_OVERHEAD_BYTES), sealed)
    } catch (cause) {
      if (!(cause instanceof DatisError) || cause.details.at !== 'commitment') throw cause
      throw new DatisError('PASSPHRASE_WRONG', 'The passphrase does not open the keys of this box.', {}, { cause })
    }
  }

  #isSealedBy(lock: Lock): boolean {
    const bytes = ignoring(['ENOENT'], () => readWhole(this.disk, this.#path(SEALED), SEALED_BYTES_MAX))
    if (bytes === undefined) return false
    return bytesEqual(decodeCbor(SEALED, envelopeSchema, bytes).salt, lock.salt)
  }

  #context(key: Uint8Array, plainBytes: number): SealContext {
    const fields = { type: 1, generation: 0, codec: 0, position: 0, plainBytes }
    return { key, purpose: 'box-keys', box: this.#box, id: new Uint8Array(0), binding: new Uint8Array(32), fields }
  }

  /** With what a crash left of them while they were written. */
  #removeClear(): void {
    const { disk } = this
    const names = Object.values(FILES).flatMap((name) => [name, `${name}.tmp`])
    const there = names.map((name) => this.#path(name)).filter((path) => isThere(disk, path))
    for (const path of there) {
      // A help on disks that write in place, and no more: docs/formats/keys.md.
      ignoring(['ENOSPC', 'EDQUOT'], () => overwrite(disk, path))
      disk.removeFile(path)
    }
    if (there.length > 0) disk.syncFolder(this.folder)
  }

  #path(name: string): BytePath {
    return joinPath(this.folder, name)
  }
}

function checkPassphrase(passphrase: string): void {
  const characters = [...passphrase.normalize('NFKC')]
  const enough = characters.length >= PASSPHRASE_CHARS_MIN && new Set(characters).size >= PASSPHRASE_CHARS_MIN / 2
  if (enough && passphrase.length <= PASSPHRASE_CHARS_MAX) return
  throw new DatisError('PASSPHRASE_WEAK', 'A passphrase is easily guessed, or too long.', {
    least: PASSPHRASE_CHARS_MIN,
    most: PASSPHRASE_CHARS_MAX,
  })
}

function overwrite(disk: Disk, path: BytePath): void {
  using file = disk.open(path, 'write')
  file.write(new Uint8Array(file.stat().bytes), 0)
  file.sync()
}

function isThere(disk: Disk, path: BytePath): boolean {
  return ignoring(['ENOENT', 'ENOTDIR'], () => disk.stat(path)) !== undefined
}
