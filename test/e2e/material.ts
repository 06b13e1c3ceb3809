/** Files made from a seed, and the judge of what came back. */
import assert from 'node:assert/strict'
import { createCipheriv, createHash, randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { compareFolders } from '../../src/cli/compare.ts'

/** All that is random in a test. `DATIS_SEED` replays it. */
export class Chance {
  readonly #stream

  constructor(t: Pick<TestContext, 'name' | 'diagnostic'>) {
    const seed = process.env.DATIS_SEED ?? String(randomInt(1_000_000_000))
    t.diagnostic(`seed: DATIS_SEED=${seed}`)
    const key = createHash('sha256').update(`${seed} ${t.name}`).digest()
    this.#stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  }

  bytes(length: number): Buffer {
    return this.#stream.update(Buffer.alloc(length))
  }

  below(limit: number): number {
    return this.bytes(6).readUIntLE(0, 6) % limit
  }

  pick<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items]
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)).flat()
  }

  /** Lines that compress well. */
  text(lines: number): string {
    return Array.from(
      { length: lines },
      (_, index) => `${index} the ledger says ${this.bytes(9).toString('hex')}\n`,
    ).join('')
  }
}

/** Some large files that do not compress, some text, some small ones. */
export function writeFiles(chance: Chance, folder: string, bytes: number, prefix = ''): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let index = 0; index < 3; index++)
    files.set(`${prefix}photograph-${index}.raw`, chance.bytes(Math.floor(bytes / 4)))
  files.set(`${prefix}letters/ledger.txt`, Buffer.from(chance.text(Math.floor(bytes / 160))))
  for (let index = 0; index < 20; index++) {
    files.set(`${prefix}letters/small/note-${index}.txt`, Buffer.from(chance.text(1 + chance.below(200))))
  }
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return files
}

export async function assertSame(original: string, copy: string): Promise<void> {
  const { differences, files } = await compareFolders(original, copy, async () => undefined)
  assert.deepEqual(differences, [])
  assert.ok(files > 0, 'nothing was compared')
}

const BLOCK = 16
const RUN = 32

/** Finds runs of 32 bytes: each holds a block of 16 that is aligned in the text it was taken from. */
export class RunFinder {
  readonly #blocks = new Map<string, { source: Buffer; at: number }>()
  readonly #seen = new Uint8Array(1 << 21)

  add(source: Buffer): void {
    for (let at = 0; at + BLOCK <= source.byteLength; at += BLOCK) {
      const first = source.readUInt32LE(at)
      if (isConstant(source.subarray(at, at + BLOCK))) continue
      const slot = slotOf(first)
      this.#seen[slot >>> 3]! |= 1 << (slot & 7)
      this.#blocks.set(source.toString('latin1', at, at + BLOCK), { source, at })
    }
  }

  /** Where such a run begins, or −1. */
  find(stored: Buffer): number {
    for (let at = 0; at + BLOCK <= stored.byteLength; at++) {
      const slot = slotOf(
        (stored[at]! | (stored[at + 1]! << 8) | (stored[at + 2]! << 16) | (stored[at + 3]! << 24)) >>> 0,
      )
      if ((this.#seen[slot >>> 3]! & (1 << (slot & 7))) === 0) continue
      const block = this.#blocks.get(stored.toString('latin1', at, at + BLOCK))
      if (block === undefined) continue
      const before = commonBefore(stored, at, block)
      if (before + commonAfter(stored, at, block) >= RUN) return at - before
    }
    return -1
  }
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 8
}

function commonBefore(stored: Buffer, at: number, block: { source: Buffer; at: number }): number {
  let length = 0
  while (length < Math.min(at, block.at) && stored[at - 1 - length] === block.source[block.at - 1 - length]) length++
  return length
}

function commonAfter(stored: Buffer, at: number, block: { source: Buffer; at: number }): number {
  let length = 0
  const most = Math.min(stored.byteLength - at, block.source.byteLength - block.at)
  while (length < most && stored[at + length] === block.source[block.at + length]) length++
  return length
}

function isConstant(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === bytes[0])
}
