/** How bytes travel from one host to another. */
export interface LinkOptions {
  /** One way. */
  readonly latencyMs: number
  /** Up to this much more, drawn for each write. */
  readonly jitterMs: number
  /** Of each connection and direction; Infinity is no limit. */
  readonly bytesPerSecond: number
  /** The chance, for each write, that its direction falls silent for ever: what a lost NAT entry looks like. */
  readonly stallChance: number
}

export const linkDefaults: LinkOptions = {
  latencyMs: 10,
  jitterMs: 2,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  stallChance: 0,
}

/** Bytes on the way and unread by the receiver, above which the writer waits: socket buffers of a small machine. */
export const WINDOW_BYTES = 256 * 1024
/** A connection whose bytes are not acknowledged is given up after this (Linux: tcp_retries2, about 15 min). */
export const UNACKNOWLEDGED_MS_MAX = 15 * 60_000
/** A dial that nobody answers ends after this (Linux: tcp_syn_retries). */
export const DIAL_MS_MAX = 130_000
/** After a partition heals, the next retransmission comes within a while. */
export const RETRANSMIT_MS = 1_000
