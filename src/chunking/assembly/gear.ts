/**
 * The gear hash over a stretch of memory: see src/chunking/scan.ts, which says what it computes. Eight bytes a load
 * and eight steps a turn, since a load and a bounds check a byte would cost as much as the hash.
 */

@inline
const WINDOW_BYTES: usize = 32

@inline
function next(gear: usize, hash: u32, byte: u64): u32 {
  return (hash << 1) + load<u32>(gear + (<usize>byte << 2))
}

/** The first position p, from < p ≤ to, at which the hash of the 32 bytes before p has no bit of `mask`, or 0. */
export function scan(gear: usize, from: usize, to: usize, mask: u32): usize {
  let hash: u32 = 0
  for (let at = from - WINDOW_BYTES; at < from; at++) hash = next(gear, hash, load<u8>(at))
  let at = from
  for (; at + 8 <= to; at += 8) {
    const word = load<u64>(at)
    hash = next(gear, hash, word & 0xff)
    if (!(hash & mask)) return at + 1
    hash = next(gear, hash, (word >> 8) & 0xff)
    if (!(hash & mask)) return at + 2
    hash = next(gear, hash, (word >> 16) & 0xff)
    if (!(hash & mask)) return at + 3
    hash = next(gear, hash, (word >> 24) & 0xff)
    if (!(hash & mask)) return at + 4
    hash = next(gear, hash, (word >> 32) & 0xff)
    if (!(hash & mask)) return at + 5
    hash = next(gear, hash, (word >> 40) & 0xff)
    if (!(hash & mask)) return at + 6
    hash = next(gear, hash, (word >> 48) & 0xff)
    if (!(hash & mask)) return at + 7
    hash = next(gear, hash, word >> 56)
    if (!(hash & mask)) return at + 8
  }
  for (; at < to; at++) {
    hash = next(gear, hash, load<u8>(at))
    if (!(hash & mask)) return at + 1
  }
  return 0
}
