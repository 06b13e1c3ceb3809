/** What the owner does with fragments that come back: in worker threads, as hosts' jobs are. */
import { DatisError, defineJob, release, transferring } from '#base'
import type { Code } from '#coding'
import { reconstructPack } from './encode.ts'
import { verifyFragmentFile } from './fragment-file.ts'
import { codeOfRecord, type Owner, recordHash } from './statements.ts'

export interface CheckedFragment {
  readonly row: number
  readonly record: string
  readonly code: Code
  readonly packBytes: number
  readonly payload: Uint8Array
}

/** Everything that the owner's signature says of a fragment, checked on the bytes that a host sent. */
export const checkFragmentJob = defineJob(
  import.meta.url,
  'checkFragmentJob',
  (
    _world,
    input: { bytes: Uint8Array; owner: Owner; stripe: string; row: number; record: string | null },
  ): CheckedFragment => {
    const file = verifyFragmentFile(input.bytes, input.owner, input)
    const record = recordHash(file.record)
    if (input.record !== null && record !== input.record) {
      throw new DatisError('FRAGMENT_INVALID', 'A fragment is of another stripe record.', { at: 'record' })
    }
    const payload = new Uint8Array(file.payload)
    release(input.bytes)
    const { packBytes } = file.stripe
    return transferring({ row: file.row, record, code: codeOfRecord(file.stripe), packBytes, payload }, [
      payload.buffer,
    ])
  },
)

export const reconstructPackJob = defineJob(
  import.meta.url,
  'reconstructPackJob',
  (
    _world,
    input: { code: Code; packBytes: number; have: { row: number; bytes: Uint8Array }[] },
  ): { pack: Uint8Array } => {
    const pack = reconstructPack(input.code, input.have, input.packBytes)
    release(...input.have.map(({ bytes }) => bytes))
    return transferring({ pack }, pack.buffer instanceof ArrayBuffer ? [pack.buffer] : [])
  },
)
