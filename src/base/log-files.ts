/** The operational log in files: `datis.log`, then `datis.log.1` … `.4`, oldest last. docs/formats/data-folder.md */
import { utf8 } from './bytes.ts'
import { ensureFolder } from './disk-tools.ts'
import { type BytePath, joinPath } from './paths.ts'
import type { Disk, DiskFile } from './ports.ts'

const FILE_BYTES_MAX = 10_000_000
const FILES_MAX = 5
const NEWLINE = 0x0a

export class LogFiles implements Disposable {
  readonly #disk: Disk
  readonly #folder: BytePath
  readonly #bytesMax: number
  #file: DiskFile | null = null
  #bytes = 0

  constructor(disk: Disk, folder: BytePath, bytesMax = FILE_BYTES_MAX) {
    this.#disk = disk
    this.#folder = folder
    this.#bytesMax = bytesMax
  }

  /** Whether the line is in the file. Never throws: a box does not stop because it cannot tell what it does. */
  write(line: string): boolean {
    try {
      this.#append(utf8(line))
      return true
    } catch {
      // What was written of the line is found, and ended, when the file is opened again.
      this.#close()
      return false
    }
  }

  #append(bytes: Uint8Array): void {
    this.#file ??= this.#open()
    if (this.#bytes > 0 && this.#bytes + bytes.byteLength > this.#bytesMax) {
      this.#rotate(this.#file)
      this.#file = this.#open()
    }
    this.#file.write(bytes, this.#bytes)
    this.#bytes += bytes.byteLength
  }

  #open(): DiskFile {
    ensureFolder(this.#disk, this.#folder)
    const file = this.#disk.open(this.#path(0), 'write')
    try {
      this.#bytes = file.stat().bytes
      if (this.#bytes === 0) this.#disk.syncFolder(this.#folder)
      if (isTorn(file, this.#bytes)) file.write(Uint8Array.of(NEWLINE), this.#bytes++)
      return file
    } catch (error) {
      file[Symbol.dispose]()
      throw error
    }
  }

  /** Up to the first number that is free: after a crash among the renames, the next rotation drops nothing more. */
  #rotate(full: DiskFile): void {
    full.sync()
    this.#close()
    const names = new Set<string>(this.#disk.list(this.#folder))
    let free = 1
    while (free < FILES_MAX - 1 && names.has(nameOf(free))) free += 1
    for (let number = free; number > 0; number -= 1) this.#disk.rename(this.#path(number - 1), this.#path(number))
    this.#disk.syncFolder(this.#folder)
  }

  #path(number: number): BytePath {
    return joinPath(this.#folder, nameOf(number))
  }

  #close(): void {
    this.#file?.[Symbol.dispose]()
    this.#file = null
  }

  [Symbol.dispose](): void {
    this.#close()
  }
}

function nameOf(number: number): string {
  return number === 0 ? 'datis.log' : `datis.log.${number}`
}

/** A line that a crash or a full disk cut off would swallow the next one. */
function isTorn(file: DiskFile, bytes: number): boolean {
  if (bytes === 0) return false
  const last = new Uint8Array(1)
  file.read(last, bytes - 1)
  return last[0] !== NEWLINE
}
