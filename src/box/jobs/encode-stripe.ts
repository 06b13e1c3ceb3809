/** The one job that knows both the vault and dispersal: a pack becomes a stripe only if it can be had back from it. */
import {
  type BytePath,
  bytesEqual,
  DatisError,
  type Disk,
  defineJob,
  type Random,
  readWhole,
  release,
  transferring,
} from '#base'
import type { Code } from '#coding'
import { encodeStripe, reconstructPack } from '#dispersal'
import { type PackInfo, type VaultKeys, verifyPack } from '#storage'

const PACK_BYTES_MAX = 64 * 1024 * 1024

export interface EncodeInput {
  readonly pack: Pick<PackInfo, 'id' | 'class' | 'generation' | 'bytes'>
  /** Where it lies, or its bytes when it came from peers. */
  readonly source: { readonly path: BytePath } | { readonly bytes: Uint8Array }
  readonly code: Code
  readonly keys: VaultKeys
}

export interface EncodeOutput {
  readonly packBytes: number
  readonly payloads: readonly Uint8Array[]
  readonly roots: readonly string[]
}

/** Security rule 7: rebuild from a random set of k, open, decompress, re-hash, before anything goes out. */
export const encodeStripeJob = defineJob(
  import.meta.url,
  'encodeStripeJob',
  (world, input: EncodeInput): EncodeOutput => {
    const bytes = readSource(world.disk, input.source)
    const { payloads, roots } = encodeStripe(input.code, bytes)
    const rows = chooseRows(world.random, input.code)
    const have = rows.map((row) => ({ row, bytes: payloads[row] ?? new Uint8Array(0) }))
    const rebuilt = reconstructPack(input.code, have, bytes.byteLength)
    if (!bytesEqual(rebuilt, bytes)) {
      throw new DatisError('STRIPE_CHECK_FAILED', 'A pack could not be rebuilt from its fragments.', {
        pack: input.pack.id,
      })
    }
    verifyPack(rebuilt, input.keys, input.pack)
    release(rebuilt)
    const buffers = new Set(payloads.map((payload) => payload.buffer).filter((buffer) => buffer instanceof ArrayBuffer))
    const packBytes = bytes.byteLength
    // Padded, the fragments are slices of a copy.
    if (bytes.buffer instanceof ArrayBuffer && !buffers.has(bytes.buffer)) release(bytes)
    return transferring({ packBytes, payloads, roots }, [...buffers])
  },
)

function readSource(disk: Disk, source: EncodeInput['source']): Uint8Array {
  return 'bytes' in source ? source.bytes : readWhole(disk, source.path, PACK_BYTES_MAX)
}

function chooseRows(random: Random, { n, k }: Code): number[] {
  const rows = Array.from({ length: n }, (_, row) => row)
  for (let left = n - 1; left > 0; left -= 1) {
    const other = random.below(left + 1)
    const kept = rows[left] ?? 0
    rows[left] = rows[other] ?? 0
    rows[other] = kept
  }
  return rows.slice(0, k)
}
