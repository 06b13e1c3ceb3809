/**
 * Whether somebody wrote the recovery words down: three of them are asked back. Of these three alone a hash is kept
 * until then, so that they can be given after a restart too. docs/decisions/0016-recovery-sheet.md
 */
import { DatisError } from '#base'
import { placesOfWords, wordsFromEntropy } from '#crypto'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import { hashPassword, isPassword } from './password.ts'
import { Throttle } from './throttle.ts'

const WORDS_COUNT = 24
const ASKED_COUNT = 3
/** All guesses wait for one another, whoever makes them. */
const PLACE = { account: 'recovery sheet', address: '', device: 'recovery sheet' } as const

export interface SheetAsked {
  /** From 1, rising. */
  readonly positions: readonly number[]
  /** Wall ms; null: not yet. */
  readonly confirmed: number | null
}

export class RecoverySheet {
  readonly #deps: AccountsDeps
  readonly #throttle: Throttle

  constructor(deps: AccountsDeps) {
    this.#deps = deps
    this.#throttle = new Throttle(deps.clock)
  }

  /** Which words will be asked of a box that was just made; of one that has been asked already nothing changes. */
  async draw(entropy: Uint8Array): Promise<void> {
    if ((await this.asked()) !== null) return
    const { settings, random } = this.#deps
    const positions = new Set<number>()
    while (positions.size < ASKED_COUNT) positions.add(1 + random.below(WORDS_COUNT))
    const sorted = [...positions].sort((a, b) => a - b)
    const words = wordsFromEntropy(entropy, 'en')
    const [places = []] = placesOfWords(sorted.map((position) => words[position - 1] ?? ''))
    const hash = await hashPassword(secretOf(sorted, places), random)
    await settings
      .insertInto('recovery_sheet')
      .values({ id: 1, positions: JSON.stringify(sorted), hash, confirmed: null })
      .execute()
  }

  /** Null: this box has nothing to confirm. */
  async asked(): Promise<SheetAsked | null> {
    const row = await this.#row()
    return row === undefined ? null : { positions: JSON.parse(row.positions) as number[], confirmed: row.confirmed }
  }

  /** `words`: by position. In either language. SHEET_NOT_ASKED, SHEET_WRONG, LOGIN_WAIT */
  async confirm(actor: string, words: Readonly<Record<string, string>>): Promise<void> {
    const row = await this.#row()
    if (row === undefined || row.hash === null) {
      throw new DatisError('SHEET_NOT_ASKED', 'No words of this box are asked back.')
    }
    const positions = JSON.parse(row.positions) as number[]
    const waitMs = this.#throttle.take(PLACE)
    if (waitMs > 0) throw new DatisError('LOGIN_WAIT', 'Too many tries.', { ms: Math.ceil(waitMs) })
    if (!(await isGiven(row.hash, positions, words))) {
      await this.#tell(actor, 'sheet.refused')
      throw new DatisError('SHEET_WRONG', 'These are not the words of the sheet.', { positions })
    }
    this.#throttle.succeeded(PLACE)
    await this.#tell(actor, 'sheet.confirmed')
  }

  async #row() {
    return await this.#deps.settings.selectFrom('recovery_sheet').selectAll().executeTakeFirst()
  }

  async #tell(actor: string, action: 'sheet.refused' | 'sheet.confirmed'): Promise<void> {
    const at = Math.floor(this.#deps.clock.wall())
    await this.#deps.settings.transaction().execute(async (inner) => {
      if (action === 'sheet.confirmed') {
        await inner.updateTable('recovery_sheet').set({ hash: null, confirmed: at }).execute()
      }
      await note(inner, { at, actor, action, details: {} })
    })
  }
}

/** A few words stand in both lists, at other places: then each is tried. */
async function isGiven(
  hash: string,
  positions: readonly number[],
  words: Readonly<Record<string, string>>,
): Promise<boolean> {
  for (const places of placesOfWords(positions.map((position) => words[position] ?? ''))) {
    if (await isPassword(hash, secretOf(positions, places))) return true
  }
  return false
}

function secretOf(positions: readonly number[], places: readonly number[]): string {
  return positions.map((position, index) => `${position}:${places[index]}`).join(' ')
}
