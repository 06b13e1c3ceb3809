/**
 * What each derived key is for: `info = utf8('datis/1/' + purpose) ‖ box (16) ‖ id`. One purpose, one table
 * (docs/formats/sealing.md). No purpose may be the beginning of another: the bytes that follow it are not separated.
 */
import { concatBytes, fromHex, utf8 } from '#base'

/** Sealed with the keys of a keyring; `box-keys` with one that a passphrase gives. */
export const SEAL_PURPOSES = [
  'data-group',
  'data-table',
  'metadata-group',
  'metadata-table',
  'log-frame',
  'head-part',
  'settings',
  'box-keys',
] as const
export type SealPurpose = (typeof SEAL_PURPOSES)[number]

/** Derived otherwise: from the words or an invitation's secret (no box, no id), or as HPKE `info` (no id). */
export const OTHER_PURPOSES = ['root-signing', 'root-sealing', 'keyring', 'invitation'] as const
export type OtherPurpose = (typeof OTHER_PURPOSES)[number]

const DOMAIN = 'datis/1/'

export function infoOf(purpose: SealPurpose | OtherPurpose, box = '', id: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concatBytes(utf8(DOMAIN + purpose), fromHex(box), id)
}
