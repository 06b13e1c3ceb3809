/** The boxes of a lab as processes: started, asked, ended. */
import { DatisError, mapConcurrent } from '#base'
import type { BoxClient, DisperseResult, OperationContext } from '#box'
import type { App } from './app.ts'
import type { BoxDoor } from './door.ts'
import type { Lab, LabBox } from './lab-folder.ts'
import { endProcesses, type Stop } from './lab-processes.ts'
import { readiness, spawnBox } from './processes.ts'

/** Each start costs a second of a core. */
const STARTS_AT_ONCE = 4
const DISPERSE_AT_ONCE = 2

/** What a command on a lab works with. */
export interface LabWork {
  readonly app: App
  readonly door: BoxDoor
  readonly context: OperationContext
  readonly lab: Lab
}

export async function startBoxes(work: LabWork, boxes: readonly LabBox[]): Promise<void> {
  if (boxes.length === 0) return
  const { context } = work
  context.onProgress({ phase: 'start' })
  await mapConcurrent(boxes, STARTS_AT_ONCE, (box, signal) => startBox(work, box, signal), context.signal)
}

/** LAB_START */
async function startBox({ app, lab }: LabWork, box: LabBox, signal: AbortSignal): Promise<void> {
  const options = [...(lab.fast ? ['--fast'] : []), '--lang', app.words.formats.language]
  const started = spawnBox(box.data, box.log, options, lab.webPortOf(box))
  const failure = await readiness(started, { clock: app.clock, signal })
  // It stays when this command ends.
  started.child.unref()
  if (failure === null) return
  await endBox(app, box, 'SIGKILL')
  const { code, message } = failure.error
  const details = { name: box.name, cause: `${message} (${code})`, log: box.log }
  throw new DatisError('LAB_START', 'A box of the lab does not start.', details)
}

export async function endBox({ clock }: Pick<App, 'clock'>, box: LabBox, stop: Stop): Promise<void> {
  await endProcesses(clock, (data) => data === box.data, stop)
}

export async function endAll({ clock }: Pick<App, 'clock'>, { folder }: Lab, stop: Stop): Promise<number> {
  return await endProcesses(clock, (data) => data.startsWith(`${folder}/`), stop)
}

export async function ask<Result>(
  { door }: LabWork,
  box: LabBox,
  question: (client: BoxClient) => Promise<Result>,
): Promise<Result> {
  await using client = await door.openBox(box.data)
  return await question(client)
}

export interface Dispersed {
  readonly number: number
  readonly state: DisperseResult['state']
}

/** Two at a time: all at once would only wait for one another. */
export async function disperseAll(
  work: LabWork,
  boxes: readonly LabBox[],
  disperse: (box: LabBox, context: OperationContext) => Promise<DisperseResult | null>,
): Promise<Dispersed[]> {
  const { onProgress } = work.context
  const results = await mapConcurrent(
    boxes,
    DISPERSE_AT_ONCE,
    async (box, signal) => {
      // That each of many is protected on its way is no news.
      const result = await disperse(box, { signal, onProgress: ({ reached: _reached, ...event }) => onProgress(event) })
      return result === null ? [] : [{ number: box.number, state: result.state }]
    },
    work.context.signal,
  )
  return results.flat()
}
