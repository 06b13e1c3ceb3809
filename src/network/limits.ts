/** Bounds of the wire; the table for technicians is docs/limits.md, the one for authors of peers docs/protocol/transport.md. */
import { KiB, MINUTE_MS, MiB, SECOND_MS } from '#base'

/** From the first TCP packet to the moment both sides have admitted each other. */
export const HANDSHAKE_TIMEOUT_MS = 10 * SECOND_MS
/** Connections that have not proved who they are; more are cut at once. */
export const HANDSHAKES_MAX = 64
/** A body in which nothing moves for two checks in a row is given up: after 30 to 45 s. */
export const IDLE_CHECK_MS = 15 * SECOND_MS
/** Keeps mappings of NAT routers alive: many forget after 30 s. */
export const PING_EVERY_MS = 25 * SECOND_MS
export const PINGS_MISSED_MAX = 2
/** Bound of one exchange when the caller sets none, and of one handler: 16 MiB on a bad 0.5 Mbit/s line. */
export const EXCHANGE_TIMEOUT_MS = 10 * MINUTE_MS
/** How long a closing listener waits for handlers that were told to stop. */
export const CLOSE_TIMEOUT_MS = 5 * SECOND_MS

export const STREAMS_MAX = 64
/** A ninth session of a box replaces its oldest: after a power cut the old ones hang until their pings are missed. */
export const SESSIONS_A_BOX_MAX = 8
/** A root key can certify any number of boxes. */
export const SESSIONS_AN_ORGANISATION_MAX = 32

/** With Node's 64 KiB a line of 20 ms carries 2 MiB/s. */
export const STREAM_WINDOW_BYTES = 16 * MiB
export const SESSION_WINDOW_BYTES = 64 * MiB
export const SLICE_BYTES = 256 * KiB

export const HEADER_LIST_BYTES_MAX = 8 * KiB
export const PATH_BYTES_MAX = 1 * KiB
/** What `request` accepts as an answer when the caller does not say. */
export const RESPONSE_BYTES_MAX = 1 * MiB
/** CBOR items of one message; the longest, a page of an inventory or a proposal, has 29 000. */
export const MESSAGE_ITEMS_MAX = 65_536
export const ERROR_BODY_BYTES_MAX = 8 * KiB
/**
 * Request bodies in memory at once, so that a box stays below 400 MB (docs/decisions/0005-memory.md): a request waits for
 * its share before its body is read, and one that is longer than the whole passes alone. A usual fragment has 4 MiB.
 */
export const INBOUND_BYTES_MAX = 96 * MiB
export const INBOUND_BYTES_AN_ORGANISATION_MAX = 32 * MiB

/** What a joiner says: names, addresses, a certificate and three signatures. */
export const VISIT_BYTES_MAX = 4 * KiB
/** From the end of the handshake to the last byte of what a joiner says. */
export const VISIT_TIMEOUT_MS = 5 * SECOND_MS
/** Admissions at work at a listener; further ones are cut. */
export const VISITS_MAX = 4
/** One signed charter: 256 KiB and 128 signatures with certificates. */
export const VISIT_PIECE_BYTES_MAX = 1 * MiB
export const VISIT_PIECES_MAX = 10_000
export const VISIT_ANSWER_BYTES_MAX = 64 * MiB
