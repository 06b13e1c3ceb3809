import { assert } from '#base'
import { CHUNK_REF_BYTES } from './types.ts'
import type { FileOutcome, WriteReport } from './write-protocol.ts'

/** Deals the references of a report to its outcomes, in order. */
export function refsOf(report: WriteReport): (outcome: FileOutcome) => Uint8Array {
  let at = 0
  return (outcome) => {
    const start = at
    if (outcome.state === 'read') at += outcome.chunks * CHUNK_REF_BYTES
    assert(at <= report.refs.byteLength, 'a report has the references it counts')
    return report.refs.subarray(start, at)
  }
}
