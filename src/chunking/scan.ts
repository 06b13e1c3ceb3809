/**
 * The gear hash at a position is made of the 32 bytes before it: each byte shifts the hash left by one and adds the
 * byte's number from the gear table, modulo 2^32, so that a byte is gone after 32 steps.
 */
export const HASH_WINDOW_BYTES = 32

/**
 * The first position p, from < p ≤ to, at which the hash has no bit of `mask`, or 0. `from` is at least
 * `HASH_WINDOW_BYTES`. Depends on nothing but those bytes: a scan may be split anywhere.
 */
export type Scan = (gear: Uint32Array, buffer: Uint8Array, from: number, to: number, mask: number) => number
