export { ByteBudget } from './byte-budget.ts'
export { bytesEqual, concatBytes, fromHex, toHex, utf8 } from './bytes.ts'
export { decodeCbor, encodeCbor, invalidValue } from './cbor.ts'
export { ensureFolder, readWhole, removeTree, writeDurably } from './disk-tools.ts'
export { assert, codeOf, DatisError } from './errors.ts'
export { defineJob, transferring } from './job.ts'
export { jsonLog, type Log, type LogFields, silentLog, type WriteLogLine } from './log.ts'
export { LogFiles } from './log-files.ts'
export { isMailAddress, MAIL_ADDRESS_CHARS_MAX } from './mail.ts'
export { mapConcurrent } from './map-concurrent.ts'
export { noteGarbage, release } from './memory.ts'
export { NAME_PATTERN } from './names.ts'
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
export { realClock } from './real-clock.ts'
export { realDisk } from './real-disk.ts'
export { realLogWriter } from './real-log.ts'
export { realMailer } from './real-mailer.ts'
export { realNet } from './real-net.ts'
export { realRandom } from './real-random.ts'
export { ignoring, systemError } from './system-error.ts'
export * from './units.ts'
export { startWorkers } from './workers.ts'
