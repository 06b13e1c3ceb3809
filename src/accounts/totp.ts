/** Codes of an authenticator app (RFC 6238). */
import { Secret, TOTP } from 'otpauth'
import type { Random } from '#base'

const SECRET_BYTES = 20
const PERIOD_S = 30
/** A clock that is half a minute off, and fingers that are slow. */
const WINDOW_STEPS = 1

function totpOf(secret: string, label = ''): TOTP {
  return new TOTP({
    issuer: 'Datis',
    label,
    secret: Secret.fromBase32(secret),
    period: PERIOD_S,
    digits: 6,
    algorithm: 'SHA1',
  })
}

/** Base32. */
export function newTotpSecret(random: Pick<Random, 'bytes'>): string {
  return new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_BYTES)).buffer }).base32
}

/** For the QR that the app reads. */
export function totpUri(secret: string, label: string): string {
  return totpOf(secret, label).toString()
}

/** The step of which the code is, when it is good now and later than `after`; else null: no code is good twice. */
export function stepOfCode(
  secret: string,
  code: string,
  { now, after }: { now: number; after: number },
): number | null {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = totpOf(secret).validate({ token, timestamp: now, window: WINDOW_STEPS })
  if (delta === null) return null
  const step = Math.floor(now / 1000 / PERIOD_S) + delta
  return step > after ? step : null
}
