/** What a box knows of who holds its stripes, and who is down: the margin, and what still holds without some boxes. */
import type { BytePath, Disk, Log } from '#base'
import { hostsFor } from '#community'
import { type DisperseReport, type Holders, type KnownHolders, keepHolders, readHolders } from '#dispersal'
import { foldersOf } from './data-folder.ts'
import type { OpenedBox } from './opened-box.ts'
import { isConfirmedLately } from './states.ts'

interface Asked {
  readonly known: KnownHolders
  readonly gone: string
  readonly margin: number | null
}

/** Answers that are kept: a screen asks the same again and again. */
const COUNTED_MAX = 32

type MarginDeps = { readonly disk: Disk; readonly log: Log }

export class Margin {
  readonly #deps: MarginDeps
  readonly #folder: BytePath
  /** Undefined: not read yet. */
  #known: KnownHolders | null | undefined
  /** Boxes that did not answer when they were last asked. */
  readonly #silent = new Set<string>()
  #asked: Asked | null = null
  /** Of one round: how many snapshots come back, by what was asked. */
  #counted: { readonly of: KnownHolders; readonly answers: Map<string, number | null> } | null = null

  constructor(deps: MarginDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
  }

  /** After a round of dispersal: whose rows it compared has answered, and with whom it had trouble has perhaps gone since. */
  note({ holders, trouble }: Pick<DisperseReport, 'holders' | 'trouble'>, at: number): void {
    this.#known = { at, holders }
    const troubled = new Set(trouble.map(({ host }) => host))
    for (const box of holders.boxes) if (!troubled.has(box)) this.#silent.delete(box)
    keepHolders(this.#deps, this.#heads, this.#known)
  }

  noteAnswer(box: string, answers: boolean): void {
    if (answers) this.#silent.delete(box)
    else this.#silent.add(box)
  }

  get #heads(): BytePath {
    return foldersOf(this.#folder).heads
  }

  /** Null: no round of the last day is known. */
  known(now: number): KnownHolders | null {
    if (this.#known === undefined) this.#known = readHolders(this.#deps, this.#heads)
    return this.#known !== null && isConfirmedLately(this.#known.at, now) ? this.#known : null
  }

  isSilent(box: string): boolean {
    return this.#silent.has(box)
  }

  /** Asked again and again, it is counted once for each change. */
  without(known: KnownHolders, gone: ReadonlySet<string>): number | null {
    const named = [...gone].sort().join()
    if (this.#asked?.known !== known || this.#asked.gone !== named) {
      this.#asked = { known, gone: named, margin: known.holders.without(gone).margin }
    }
    return this.#asked.margin
  }

  /** What takes long is counted once for each question. */
  async counted(of: KnownHolders, question: string, count: () => Promise<number | null>): Promise<number | null> {
    if (this.#counted?.of !== of) this.#counted = { of, answers: new Map() }
    const { answers } = this.#counted
    const before = answers.get(question)
    if (before !== undefined) return before
    const answer = await count()
    if (answers.size >= COUNTED_MAX) answers.clear()
    answers.set(question, answer)
    return answer
  }
}

/** Members that do not answer, and who holds something and is no member any more: neither is counted on. */
export function goneOf(box: OpenedBox, holders: Holders): Set<string> {
  const { charters, settings } = box
  const members = charters.current === undefined ? [] : hostsFor(charters.current, settings.organisation)
  const there = new Set(members.map((host) => host.box))
  const former = holders.boxes.filter((one) => !there.has(one))
  return new Set([...former, ...[...there].filter((one) => box.margin.isSilent(one))])
}

/** The data bears so many more losses of boxes, for sure; −1: not all of it comes back now. Null: that is not known. */
export function marginOf(box: OpenedBox, now: number): number | null {
  const known = box.margin.known(now)
  return known === null ? null : box.margin.without(known, goneOf(box, known.holders))
}
