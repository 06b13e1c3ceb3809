/** Passwords as Argon2id (RFC 9106), in PHC form. */
import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { DatisError, type Random } from '#base'

/** RFC 9106's second choice, for machines with little memory: 64 MiB, three passes. */
const COST = { memory: 65_536, passes: 3, parallelism: 4 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32
/** What a hash of ours may ask for: one that was planted must not take the machine down. */
const MEMORY_MAX = 1_048_576
const PASSES_MAX = 16
const PARALLELISM_MAX = 16
const PASSWORD_CHARS_MIN = 10
const PASSWORD_BYTES_MAX = 1024
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{32,128})$/

const derive = promisify(argon2)

/** Of the form in which it is typed on whatever keyboard. */
function bytesOf(password: string): Uint8Array {
  return Buffer.from(password.normalize('NFKC'))
}

/** PASSWORD_WEAK {reason}: what anybody would try first. `names`: of the account, and of the box. */
export function checkPassword(password: string, names: readonly string[]): void {
  const folded = password.normalize('NFKC').toLowerCase()
  if ([...folded].length < PASSWORD_CHARS_MIN) throw weak('short')
  if (bytesOf(password).byteLength > PASSWORD_BYTES_MAX) throw weak('long')
  if (new Set(folded).size < PASSWORD_CHARS_MIN / 2) throw weak('repeats')
  if (names.some((name) => name.length > 3 && folded.includes(name.toLowerCase()))) throw weak('name')
}

function weak(reason: string): DatisError {
  return new DatisError('PASSWORD_WEAK', 'A password is easily guessed.', { reason, least: PASSWORD_CHARS_MIN })
}

export async function hashPassword(password: string, random: Pick<Random, 'bytes'>): Promise<string> {
  const nonce = random.bytes(SALT_BYTES)
  const { memory, passes, parallelism } = COST
  const tag = await derive('argon2id', {
    message: bytesOf(password),
    nonce,
    memory,
    passes,
    parallelism,
    tagLength: TAG_BYTES,
  })
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`
}

/** FORMAT_INVALID for a hash that is none of ours. */
export async function isPassword(hash: string, password: string): Promise<boolean> {
  const [, m = '', t = '', p = '', salt = '', tag = ''] = PHC.exec(hash) ?? []
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)]
  const nonce = Buffer.from(salt, 'base64')
  const wanted = Buffer.from(tag, 'base64')
  const sound =
    passes >= 1 &&
    passes <= PASSES_MAX &&
    parallelism >= 1 &&
    parallelism <= PARALLELISM_MAX &&
    memory >= 8 * parallelism &&
    memory <= MEMORY_MAX
  if (!sound)
    throw new DatisError('FORMAT_INVALID', 'A hash of a password does not have its form.', { what: 'password' })
  if (bytesOf(password).byteLength > PASSWORD_BYTES_MAX) return false
  const parameters = { message: bytesOf(password), nonce, memory, passes, parallelism, tagLength: wanted.byteLength }
  return timingSafeEqual(await derive('argon2id', parameters), wanted)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
