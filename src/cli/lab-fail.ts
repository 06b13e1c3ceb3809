/** What can go wrong with a box of a lab. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatisError } from '#base'
import { FRAGMENT_NAME } from './demo-holdings.ts'
import { endBox, type LabWork, startBoxes } from './lab-boxes.ts'
import type { BoxNow, Failure, LabBox } from './lab-folder.ts'
import { signalTo } from './lab-processes.ts'

/** Every second one: the owner's stripes lose a host that seems to be there. */
const LIES_EVERY = 2

/** How many fragments it lies about from now on. LAB_BOX_FAILED, LAB_BOX_STOPPED, LAB_NOTHING_HELD */
export async function failBox(work: LabWork, now: BoxNow, failure: Failure): Promise<number> {
  refuseFailed(now, failure)
  const { app, lab } = work
  const { box, pid } = now
  const lies = failure === 'liar' ? fragmentsToFlip(box) : []
  // First, so that a command that is cut short leaves nothing that `lab heal` does not know of.
  lab.mark(box, failure)
  if (failure === 'fire') {
    await endBox(app, box, 'SIGKILL')
    rmSync(box.data, { recursive: true, force: true })
  }
  if (failure === 'silent' && pid !== null) signalTo(pid, 'SIGSTOP')
  if (failure === 'cut') await endBox(app, box, 'SIGTERM')
  if (failure === 'liar') {
    await endBox(app, box, 'SIGTERM')
    for (const path of lies) flipBit(path)
    await startBoxes(work, [box])
  }
  return lies.length
}

/** Anything may burn; all else needs a box that does what it should. */
function refuseFailed({ box: { name }, state }: BoxNow, failure: Failure): void {
  if (state === 'runs' || (failure === 'fire' && state !== 'burnt')) return
  if (state === 'stopped') throw new DatisError('LAB_BOX_STOPPED', 'This box of the lab does not run.', { name })
  throw new DatisError('LAB_BOX_FAILED', 'This box of the lab has failed already.', { name })
}

function fragmentsToFlip({ data, name }: LabBox): string[] {
  const hosting = join(data, 'hosting')
  const entries = existsSync(hosting) ? readdirSync(hosting, { recursive: true, withFileTypes: true }) : []
  const fragments = entries
    .filter((entry) => entry.isFile() && FRAGMENT_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (fragments.length > 0) return fragments.filter((_, index) => index % LIES_EVERY === 0)
  throw new DatisError('LAB_NOTHING_HELD', 'This box of the lab keeps no fragment.', { name })
}

/** In its last byte, which belongs to the sealed bytes: its header and length stay as they were. */
function flipBit(path: string): void {
  const file = openSync(path, 'r+')
  try {
    const at = fstatSync(file).size - 1
    const byte = Buffer.alloc(1)
    readSync(file, byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ 1
    writeSync(file, byte, 0, 1, at)
  } finally {
    closeSync(file)
  }
}
