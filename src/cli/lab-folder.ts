/**
 * The folder of a lab, and what is known of it:
 *
 *     lab.json        what was made, and what people made fail
 *     box-01/         data folder of a box        box-01.words   its 24 words: outside, as the paper would be
 *     box-01.files/   what it saves               box-01.log     what it says while it runs
 *     lock.sqlite     held by the command that is at work
 *
 * Processes are not written down: after a reboot their numbers belong to somebody else. They are looked for by the
 * folder that they run on (lab-processes.ts).
 */
import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { codeOf, DatisError, ignoring, pathFromText, realDisk, utf8, writeDurably } from '#base'
import type { App } from './app.ts'
import type { BoxDoor } from './door.ts'
import { readText } from './files.ts'
import { processes } from './lab-processes.ts'
import { type ConsoleAt, consoleIn, HOST } from './processes.ts'

export const LAB_BOXES_MAX = 12
export const FAILURES = ['fire', 'silent', 'liar', 'cut'] as const
export type Failure = (typeof FAILURES)[number]

export const LAB_STATE_FILE = 'lab.json'
const LOCK = /^lock\.sqlite(?:-journal)?$/
const OWNER_ONLY = 0o700
const NAME_DIGITS = 2

const stateSchema = z.strictObject({
  format: z.literal(1),
  /** Boxes run with short waits. */
  fast: z.boolean(),
  /** Of the console of the first box; null: it has none. */
  webPort: z.int().min(1).max(65_535).nullable().default(null),
  /** All boxes are made and in one community. */
  ready: z.boolean(),
  boxes: z
    .array(
      z.strictObject({
        box: z.string().regex(/^[0-9a-f]{32}$/),
        port: z.int().min(1).max(65_535),
        failed: z.enum(FAILURES).nullable(),
      }),
    )
    .max(LAB_BOXES_MAX),
})
type LabState = z.output<typeof stateSchema>
export type LabRecord = LabState['boxes'][number]

/** What people see of a box: `burnt` waits for its words, `stopped` was meant to run. */
export type BoxState = 'runs' | 'stopped' | 'burnt' | 'silent' | 'liar' | 'cut'

export class LabBox {
  readonly number: number
  readonly name: string
  readonly data: string
  readonly words: string
  readonly log: string
  readonly files: string
  readonly record: LabRecord

  constructor(folder: string, index: number, record: LabRecord) {
    this.number = index + 1
    this.name = nameOf(index)
    this.data = join(folder, this.name)
    this.words = `${this.data}.words`
    this.log = `${this.data}.log`
    this.files = `${this.data}.files`
    this.record = record
  }

  get address(): string {
    return `${HOST}:${this.record.port}`
  }

  /** What was done to it, unless somebody has undone it by hand since. */
  state(pid: number | null): BoxState {
    const { failed } = this.record
    if (failed === 'fire' && !existsSync(join(this.data, 'box.cbor'))) return 'burnt'
    if (pid === null) return failed === 'cut' ? 'cut' : 'stopped'
    return failed === 'silent' || failed === 'liar' ? failed : 'runs'
  }
}

export interface BoxNow {
  readonly box: LabBox
  readonly pid: number | null
  readonly state: BoxState
}

export function nameOf(index: number): string {
  return `box-${String(index + 1).padStart(NAME_DIGITS, '0')}`
}

/** Of one person on one machine, as the XDG rules say: a relative path in the variable counts as none. */
export function defaultLabFolder({ environment }: Pick<App, 'environment'>): string {
  const given = environment.XDG_STATE_HOME ?? ''
  const state = isAbsolute(given) ? given : join(environment.HOME || homedir(), '.local', 'state')
  return join(state, 'datis', 'lab')
}

export class Lab {
  readonly folder: string
  #state: LabState
  boxes: readonly LabBox[]

  private constructor(folder: string, state: LabState) {
    this.folder = folder
    this.#state = state
    this.boxes = boxesIn(folder, state)
  }

  /** An empty lab in a folder that is not there yet or holds nothing. LAB_EXISTS, LAB_UNFINISHED, LAB_FOLDER_FOREIGN */
  static begin(folder: string, options: { readonly fast: boolean; readonly webPort?: number | null }): Lab {
    refuseUsedFolder(folder)
    const { fast, webPort = null } = options
    const lab = new Lab(folder, { format: 1, fast, webPort, ready: false, boxes: [] })
    lab.#save()
    return lab
  }

  /** LAB_NONE, LAB_UNFINISHED */
  static open(folder: string): Lab {
    const lab = Lab.openAny(folder)
    if (lab.ready) return lab
    throw unfinished(folder)
  }

  /** Even one that was never finished. LAB_NONE */
  static openAny(folder: string): Lab {
    return new Lab(folder, readState(folder))
  }

  get fast(): boolean {
    return this.#state.fast
  }

  get ready(): boolean {
    return this.#state.ready
  }

  webPortOf({ number }: LabBox): number | null {
    return number === 1 ? this.#state.webPort : null
  }

  /** Of its first box, if it was given one. */
  get console(): ConsoleAt | null {
    const [first] = this.boxes
    return first === undefined || this.#state.webPort === null || !existsSync(first.log) ? null : consoleIn(first.log)
  }

  /** From here on the lab can be used. */
  finish(records: readonly LabRecord[]): void {
    this.#keep({ ...this.#state, ready: true, boxes: [...records] })
  }

  mark({ number }: LabBox, failed: Failure | null): void {
    const boxes = this.#state.boxes.map((one, index) => (index === number - 1 ? { ...one, failed } : one))
    this.#keep({ ...this.#state, boxes })
  }

  now(): BoxNow[] {
    const running = processes()
    return this.boxes.map((box) => {
      const pid = running.get(box.data) ?? null
      return { box, pid, state: box.state(pid) }
    })
  }

  /** `lab.json` goes after all that it tells of: a removal that is cut short can be run again. */
  remove(): void {
    for (const name of readdirSync(this.folder)) {
      if (name !== LAB_STATE_FILE && !LOCK.test(name)) rmSync(join(this.folder, name), { recursive: true, force: true })
    }
    rmSync(join(this.folder, LAB_STATE_FILE), { force: true })
    for (const name of readdirSync(this.folder).filter((one) => LOCK.test(one))) rmSync(join(this.folder, name))
    // Another lab may begin here as soon as the lock is gone.
    ignoring(['ENOTEMPTY', 'ENOENT'], () => rmdirSync(this.folder))
  }

  #keep(state: LabState): void {
    this.#state = state
    this.boxes = boxesIn(this.folder, state)
    this.#save()
  }

  #save(): void {
    const text = `${JSON.stringify(this.#state, null, 2)}\n`
    writeDurably(realDisk(), pathFromText(this.folder), LAB_STATE_FILE, utf8(text))
  }
}

function boxesIn(folder: string, { boxes }: LabState): LabBox[] {
  return boxes.map((record, index) => new LabBox(folder, index, record))
}

function unfinished(folder: string): DatisError {
  return new DatisError('LAB_UNFINISHED', 'A lab was begun and is not finished.', { folder })
}

function none(folder: string): DatisError {
  return new DatisError('LAB_NONE', 'There is no lab in this folder.', { folder })
}

function readState(folder: string): LabState {
  if (!existsSync(join(folder, LAB_STATE_FILE))) throw none(folder)
  const parsed = stateSchema.safeParse(fromJson(readText(join(folder, LAB_STATE_FILE))))
  if (parsed.success) return parsed.data
  throw new DatisError('FORMAT_INVALID', 'lab.json does not have the form it must have.', { what: LAB_STATE_FILE })
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    return null
  }
}

function refuseUsedFolder(folder: string): void {
  const names = readdirSync(folder).filter((name) => !LOCK.test(name) && name !== `${LAB_STATE_FILE}.tmp`)
  if (names.length === 0) return
  if (!names.includes(LAB_STATE_FILE)) {
    throw new DatisError('LAB_FOLDER_FOREIGN', 'The folder holds something that is no lab.', { folder })
  }
  if (!readState(folder).ready) throw unfinished(folder)
  throw new DatisError('LAB_EXISTS', 'There is a lab in this folder already.', { folder })
}

/** The folder under its real name, by which processes are found again, made if need be; nothing else is touched. */
export function prepareLabFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY })
  const real = realpathSync(folder)
  refuseUsedFolder(real)
  return real
}

/** LAB_NONE */
export function knownLabFolder(folder: string): string {
  if (!existsSync(join(folder, LAB_STATE_FILE))) throw none(folder)
  return realpathSync(folder)
}

/** One command at a time. LAB_BUSY */
export function lockLab(door: BoxDoor, folder: string): Disposable {
  try {
    return door.lockFolder(folder)
  } catch (cause) {
    if (codeOf(cause) !== 'BOX_IN_USE') throw cause
    throw new DatisError('LAB_BUSY', 'Another command is at work in this lab.', { folder }, { cause })
  }
}
