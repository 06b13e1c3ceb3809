import { type BytePath, defineJob } from '#base'
import {
  appendLog,
  cutLog,
  type FramesRead,
  firstDamaged,
  type LogAppend,
  type LogMark,
  type OpenedLog,
  openLog,
  readFrames,
} from './log-files.ts'

export const openLogJob = defineJob(
  import.meta.url,
  'openLogJob',
  ({ disk }, input: { readonly folder: BytePath; readonly aside: BytePath }): OpenedLog =>
    openLog(disk, input.folder, input.aside),
)

export const appendLogJob = defineJob(import.meta.url, 'appendLogJob', ({ disk }, input: LogAppend): null => {
  appendLog(disk, input)
  return null
})

export const readFramesJob = defineJob(
  import.meta.url,
  'readFramesJob',
  (
    { disk },
    input: { readonly folder: BytePath; readonly marks: readonly LogMark[]; readonly backwards: boolean },
  ): FramesRead => readFrames(disk, input.folder, input),
)

export const checkFramesJob = defineJob(
  import.meta.url,
  'checkFramesJob',
  ({ disk }, input: { readonly folder: BytePath; readonly marks: readonly LogMark[] }): number | null =>
    firstDamaged(disk, input.folder, input.marks),
)

export const cutLogJob = defineJob(
  import.meta.url,
  'cutLogJob',
  ({ disk }, input: { folder: BytePath; aside: BytePath; marks: readonly LogMark[]; frames: number }): null => {
    cutLog(disk, input)
    return null
  },
)
