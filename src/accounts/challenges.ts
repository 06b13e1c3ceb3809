/** What an authenticator is asked to sign: each once, and soon. In memory: who is in the middle of it begins again. */
import { type Clock, MINUTE_MS, type Random } from '#base'

export const CHALLENGE_MS = 5 * MINUTE_MS
const CHALLENGE_BYTES = 32
const CHALLENGES_MAX = 1000
/** Who asks for many loses the own ones first, never those of others. */
const OF_ONE_MAX = 16

interface Asked {
  readonly by: string
  readonly purpose: string
  /** Monotonic. */
  readonly until: number
}

export class Challenges {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #random: Pick<Random, 'bytes'>
  /** In the order in which they were asked. */
  readonly #asked = new Map<string, Asked>()

  constructor(clock: Pick<Clock, 'monotonic'>, random: Pick<Random, 'bytes'>) {
    this.#clock = clock
    this.#random = random
  }

  /** `by`: a session, or the place of somebody who has none. */
  ask(purpose: string, by: string): Uint8Array<ArrayBuffer> {
    const now = this.#clock.monotonic()
    for (const [challenge, { until }] of this.#asked) if (until <= now) this.#asked.delete(challenge)
    const own = [...this.#asked].filter(([, asked]) => asked.by === by)
    const oldest = own.length >= OF_ONE_MAX ? own[0]?.[0] : this.#asked.keys().next().value
    if (oldest !== undefined && (own.length >= OF_ONE_MAX || this.#asked.size >= CHALLENGES_MAX))
      this.#asked.delete(oldest)
    const bytes = Uint8Array.from(this.#random.bytes(CHALLENGE_BYTES))
    this.#asked.set(Buffer.from(bytes).toString('base64url'), { by, purpose, until: now + CHALLENGE_MS })
    return bytes
  }

  /** Whether it was asked, for that, and a moment ago. Never twice. */
  take(challenge: string, purpose: string): boolean {
    const asked = this.#asked.get(challenge)
    this.#asked.delete(challenge)
    return asked !== undefined && asked.purpose === purpose && asked.until > this.#clock.monotonic()
  }
}
