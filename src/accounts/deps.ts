import type { Clock, Random } from '#base'
import type { Settings } from '#settings'

export interface AccountsDeps {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  /** Of the box: no part of a password. */
  readonly boxName: string
}

/** Where a request comes from. */
export interface Origin {
  readonly address: string
  /** What the browser says of itself. */
  readonly agent: string
  /** The cookie of a device that has signed in before. */
  readonly device: string | null
}
