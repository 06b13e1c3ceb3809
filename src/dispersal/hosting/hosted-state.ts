/** Who owns what lies in a folder: `state.cbor`, written before anything else. */
import { type BytePath, DatisError, type Disk, ignoring, joinPath, readWhole } from '#base'
import { STATE_BYTES_MAX } from '../limits.ts'
import { decodeHostedState, type HostedState } from '../protocol.ts'
import { ownerDamaged } from './hosted-heads.ts'

const STATE_FILE_BYTES_MAX = 2 * STATE_BYTES_MAX

export const STATE_FILE = 'state.cbor'

/**
 * What is known of an owner, or null when nothing is kept of it. HOSTED_OWNER_DAMAGED: something is, but who owns it
 * cannot be told; a new state is never written over it, since that would let whoever asks first own it.
 */
export function readHostedState(disk: Disk, folder: BytePath): HostedState | null {
  try {
    const bytes = ignoring(['ENOENT', 'ENOTDIR'], () =>
      readWhole(disk, joinPath(folder, STATE_FILE), STATE_FILE_BYTES_MAX),
    )
    if (bytes !== undefined) return decodeHostedState(bytes)
  } catch (error) {
    if (error instanceof DatisError) throw ownerDamaged('state')
    throw error
  }
  // The state is written first: a folder with anything else in it has lost it.
  const names = ignoring(['ENOENT', 'ENOTDIR'], () => disk.list(folder)) ?? []
  if (names.some((name) => name !== `${STATE_FILE}.tmp`)) throw ownerDamaged('state')
  return null
}
