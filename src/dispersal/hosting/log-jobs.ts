import { type BytePath, defineJob } from '#base'
import { appendLog, cutLog, type LogAppend, type LogMark, openLog, readFrames } from './log-files.ts'

export const openLogJob = defineJob(
  import.meta.url,
  'openLogJob',
  ({ disk }, input: { readonly folder: BytePath; readonly aside: BytePath }): LogMark[] =>
    openLog(disk, input.folder, input.aside),
)

export const appendLogJob = defineJob(import.meta.url, 'appendLogJob', ({ disk }, input: LogAppend): null => {
  appendLog(disk, input)
  return null
})

export const readFramesJob = defineJob(
  import.meta.url,
  'readFramesJob',
  ({ disk }, input: { readonly folder: BytePath; readonly marks: readonly LogMark[] }) =>
    readFrames(disk, input.folder, input.marks),
)

export const cutLogJob = defineJob(
  import.meta.url,
  'cutLogJob',
  ({ disk }, input: { folder: BytePath; aside: BytePath; marks: readonly LogMark[]; frames: number }): null => {
    cutLog(disk, input)
    return null
  },
)
