import { CHUNK_SIZES, type Chunker, type ChunkSizes, chunkerWith } from './chunker.ts'
import { loadScan } from './gear-wasm.ts'
import { scanOracle } from './scan-oracle.ts'

export {
  CHUNK_BYTES_MIN,
  CHUNK_SIZES,
  CHUNKER_KEY_BYTES,
  type Chunker,
  type ChunkSizes,
  CUT_BYTES_MAX,
} from './chunker.ts'

const scan = loadScan() ?? scanOracle

/** A chunker for one vault's key; it holds nothing between calls. */
export function createChunker(key: Uint8Array, sizes: ChunkSizes = CHUNK_SIZES): Chunker {
  return chunkerWith(scan, key, sizes)
}
