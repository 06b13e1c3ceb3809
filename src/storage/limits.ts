import { KiB, MiB } from '#base'

/** Size at which a pack is closed: 7 s on a 20 Mbit/s uplink. */
export const PACK_BYTES_TARGET = 16 * MiB
/** No reader takes a longer pack: bounds memory. */
export const PACK_BYTES_MAX = 64 * MiB
/** A table stays under 2.5 MiB, and so does the index part that repeats it. */
export const PACK_CHUNKS_MAX = 65_536
/** Small chunks are gathered up to this: zstd costs 50 µs a call and packs small inputs badly. */
export const GROUP_BYTES_TARGET = 1 * MiB
export const GROUP_CHUNKS_MAX = 4096
/** Plaintext of one group or chunk, data or metadata (the chunker's maximum). */
export const CHUNK_BYTES_MAX = 4 * MiB
/** Trees, pages and chunk lists; index parts may be as long. */
export const METADATA_CHUNK_BYTES_MAX = CHUNK_BYTES_MAX
/** Files below are one chunk. */
export const WHOLE_FILE_BYTES_MAX = 512 * KiB
/** Groups from here on are probed before they are compressed. */
export const PROBE_BYTES_MIN = 256 * KiB
/** A batch of small files for one worker. */
export const BATCH_BYTES_TARGET = 8 * MiB
export const BATCH_FILES_MAX = 1000
/** Files above are cut into ranges of RANGE_BYTES, chunked apart on several cores: docs/decisions/0003-ranges.md. */
export const WHOLE_CUT_BYTES_MAX = 256 * MiB
export const RANGE_BYTES = 64 * MiB
