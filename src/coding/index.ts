import { reedSolomon } from './reed-solomon.ts'
import { multiplyRowsOracle } from './reed-solomon-oracle.ts'
import { loadMultiplyRows } from './reed-solomon-wasm.ts'

export {
  CODE_FRAGMENTS_MAX,
  COMMUNITY_BOXES_MAX,
  COMMUNITY_BOXES_MIN,
  type Code,
  checkCode,
  codeForBoxes,
  FRAGMENT_BYTES_MAX,
  FRAGMENT_BYTES_STEP,
  fragmentBytes,
  metadataCodeForBoxes,
} from './codes.ts'
export type { Fragment } from './reed-solomon.ts'

export const { encodeParity, reconstruct, rebuildRow } = reedSolomon(
  loadMultiplyRows('reed-solomon-relaxed') ?? loadMultiplyRows('reed-solomon') ?? multiplyRowsOracle,
)
