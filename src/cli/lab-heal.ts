/** A lab is made well again, by the means that people have. */
import { codeOf, SECOND_MS } from '#base'
import { readText } from './files.ts'
import { ask, type Dispersed, disperseAll, type LabWork, startBoxes } from './lab-boxes.ts'
import type { BoxNow, BoxState, LabBox } from './lab-folder.ts'
import { signalTo } from './lab-processes.ts'

/** After a restart hosts are tried again only some seconds later. */
const DISPERSE_WAIT_MS = 45 * SECOND_MS

export interface Healed {
  readonly number: number
  readonly was: Exclude<BoxState, 'runs'>
  /** Fragments that its own reading again found damaged; null when nothing was read. */
  readonly rotten: number | null
}

/** What could not be done, and why. */
export interface Trouble {
  readonly number: number
  readonly error: unknown
}

export interface Healing {
  readonly healed: Healed[]
  readonly dispersed: Dispersed[]
  readonly trouble: Trouble[]
}

/** Whatever fails with one box, the others are made well. */
export async function healLab(work: LabWork): Promise<Healing> {
  const healing = new Healer(work)
  const all = work.lab.now()
  await healing.each(all, ['silent'], wake)
  await healing.each(all, ['stopped', 'cut'], ({ box }) => restart(work, box))
  await healing.each(all, ['burnt'], ({ box }) => recover(work, box))
  await healing.each(all, ['liar'], ({ box }) => scrub(work, box))
  const dispersed = await healing.disperse()
  return { healed: healing.healed, trouble: healing.trouble, dispersed }
}

class Healer {
  readonly #work: LabWork
  readonly healed: Healed[] = []
  readonly trouble: Trouble[] = []

  constructor(work: LabWork) {
    this.#work = work
  }

  /** One after the other: what one brings back may be what the next needs. */
  async each(
    all: readonly BoxNow[],
    states: readonly BoxState[],
    heal: (now: BoxNow) => Promise<number | null>,
  ): Promise<void> {
    for (const now of all) {
      const { box, state } = now
      if (state === 'runs' || !states.includes(state)) continue
      await this.#try(box, async () => {
        this.healed.push({ number: box.number, was: state, rotten: await heal(now) })
        this.#work.lab.mark(box, null)
      })
    }
  }

  /** Owners find out what hosts have lost, and put it back. */
  async disperse(): Promise<Dispersed[]> {
    const running = this.#work.lab.now().filter(({ state }) => state === 'runs')
    // What is not back stays missing, however long one waits.
    const waitMs = this.trouble.length === 0 ? DISPERSE_WAIT_MS : 0
    return await disperseAll(
      this.#work,
      running.map(({ box }) => box),
      (box, context) =>
        this.#try(box, () => ask(this.#work, box, (client) => client.call('disperse', { waitMs }, context))),
    )
  }

  async #try<Result>({ number }: LabBox, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work()
    } catch (error) {
      this.#work.context.signal.throwIfAborted()
      // People let it leave, or put it out: it has nobody to disperse to, and is well.
      if (codeOf(error) !== 'COMMUNITY_LEFT') this.trouble.push({ number, error })
      return null
    }
  }
}

async function wake({ pid }: BoxNow): Promise<null> {
  if (pid !== null) signalTo(pid, 'SIGCONT')
  return null
}

async function restart(work: LabWork, box: LabBox): Promise<null> {
  await startBoxes(work, [box])
  return null
}

/** From nothing but its words and the addresses of the others, as after any fire. */
async function recover(work: LabWork, box: LabBox): Promise<null> {
  const peers = work.lab.boxes.filter(({ number }) => number !== box.number).map(({ address }) => address)
  await work.door.recoverBox({ folder: box.data, words: readText(box.words), peers }, work.context)
  return await restart(work, box)
}

async function scrub(work: LabWork, box: LabBox): Promise<number> {
  const result = await ask(work, box, (client) => client.call('hosting.scrub', {}, work.context))
  return result.rotten.length
}
