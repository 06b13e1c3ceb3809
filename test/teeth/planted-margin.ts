/** Bugs that promise more losses than the data bears. */
import { by, type PlantedBug } from './planted-bug.ts'

const HOLDERS = 'src/dispersal/holders.test.ts'
const MARGIN = 'src/dispersal/margin.test.ts'
const BOX = 'src/box/margin.test.ts'

export const MARGIN_BUGS: readonly PlantedBug[] = [
  {
    name: 'the margin counts rows that the log remembers, whatever hosts say',
    file: 'src/dispersal/disperser.ts',
    from: 'known === undefined ? [] : this.#rows.confirmed(this.#rows.held(known))',
    to: 'known === undefined ? [] : this.#rows.held(known)',
    caughtBy: by(HOLDERS, 'who is away in a round'),
  },
  {
    name: 'rows count to which no log leads',
    file: 'src/dispersal/disperser.ts',
    from: 'this.#holders.witnessed(this.#witnesses)',
    to: 'void this.#witnesses',
    caughtBy: by(HOLDERS, 'rows to which no log leads'),
  },
  {
    name: 'rows on one box are counted as if they fell one by one',
    file: 'src/dispersal/margin.ts',
    from: 'const near = groups.filter(({ boxes }) => row.some((box) => boxes.includes(box)))',
    to: 'const near: Linked[] = []',
    caughtBy: by(MARGIN, 'the margin is that of all sets of boxes'),
  },
  {
    name: 'a shape with two rows on a box is taken for a plain one',
    file: 'src/dispersal/holders.ts',
    from: 'rows.every((row) => row.length === 1) && new Set(rows.flat()).size === rows.length',
    to: 'rows.every((row) => row.length === 1)',
    caughtBy: by(MARGIN, 'the margin is that of all sets of boxes'),
  },
  {
    name: 'who does not answer is counted on',
    file: 'src/box/margin.ts',
    from: '[...there].filter((one) => box.margin.isSilent(one))',
    to: '[...there].filter((one) => !there.has(one))',
    caughtBy: by(BOX, 'the margin is that of the stripes that there are'),
  },
  {
    name: 'who fell silent in a round is counted on after it',
    file: 'src/box/margin.ts',
    from: 'if (!troubled.has(box)) this.#silent.delete(box)',
    to: 'if (troubled.size >= 0) this.#silent.delete(box)',
    caughtBy: by(BOX, 'who fell silent while a round went on'),
  },
  {
    name: 'rows are as new as the end of the round in which hosts showed them',
    file: 'src/box/operations/disperse.ts',
    from: 'margin.note(report, from)',
    to: 'margin.note(report, Math.max(from, Math.floor(world.clock.wall())))',
    caughtBy: by(BOX, 'rows that hosts showed days ago'),
  },
  {
    name: 'what is known of the hosts never ages',
    file: 'src/box/margin.ts',
    from: 'this.#known !== null && isConfirmedLately(this.#known.at, now)',
    to: 'this.#known !== null && isConfirmedLately(now, now)',
    caughtBy: by(BOX, 'a start later the margin is known still'),
  },
  {
    name: 'a snapshot comes back whose pages do not',
    file: 'src/storage/come-back.ts',
    from: 'const comes = this.#holds(ref.id) ? await below(ref.id) : false',
    to: 'const comes = await below(ref.id)',
    caughtBy: by('src/storage/come-back.test.ts', 'a snapshot comes back when hosts bring back'),
  },
]
