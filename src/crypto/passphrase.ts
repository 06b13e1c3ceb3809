/** A key from what a person types: Argon2id (RFC 9106). docs/formats/keys.md */
import { argon2Sync } from 'node:crypto'
import { z } from 'zod'
import { plainBytes } from './hash.ts'
import { KEY_BYTES } from './keys.ts'
import { fixedBytes } from './schema.ts'

export interface PassphraseCost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** RFC 9106's second choice, as for the passwords of people: 64 MiB, so that a small box can pay it. */
export const PASSPHRASE_COST: PassphraseCost = { memory: 65_536, passes: 3, parallelism: 4 }
export const PASSPHRASE_SALT_BYTES = 16

/** What a file may ask for: one that was planted must not take the machine down. */
export const passphraseFields = {
  memory: z.int().min(128).max(1_048_576),
  passes: z.int().min(1).max(16),
  parallelism: z.int().min(1).max(16),
  salt: fixedBytes(PASSPHRASE_SALT_BYTES),
} as const

/** Of the passphrase as it is typed on whatever keyboard. It takes a good part of a second. */
export function keyFromPassphrase(passphrase: string, salt: Uint8Array, cost: PassphraseCost): Uint8Array {
  const { memory, passes, parallelism } = cost
  const message = Buffer.from(passphrase.normalize('NFKC'))
  return plainBytes(argon2Sync('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: KEY_BYTES }))
}
