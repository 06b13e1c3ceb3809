export { bytesEqual, concatBytes, fromHex, toHex, utf8 } from './bytes.ts'
export { decodeCbor, encodeCbor } from './cbor.ts'
export { assert, codeOf, DatisError } from './errors.ts'
export { defineJob, transferring } from './job.ts'
export {
  type BytePath,
  joinPath,
  nameOf,
  parentOf,
  pathFromBytes,
  pathFromText,
  pathToBytes,
  pathToText,
} from './paths.ts'
export type * from './ports.ts'
export * from './units.ts'
