/** Bugs of what expires and is collected. */
import { by, type PlantedBug } from './planted-bug.ts'

const COLLECT = 'src/storage/collect.test.ts'
const EXPIRE = 'src/box/operations/expire.test.ts'

export const RETENTION_BUGS: readonly PlantedBug[] = [
  {
    name: 'a local copy goes although hosts may not have it',
    file: 'src/storage/collect.ts',
    from: "(pack.class === 'data' && isWhole?.(pack.id) === true)",
    to: "pack.class === 'data'",
    caughtBy: by(COLLECT, 'what no snapshot needs goes'),
  },
  {
    name: 'a pack that is packed anew is let go of before hosts have the new one',
    file: 'src/storage/index-store.ts',
    from: 'standing === -1 ? remote : remote.slice(0, standing + 1)',
    to: 'remote.slice(0, 1)',
    caughtBy: by(COLLECT, 'what little is left of a pack'),
  },
  {
    name: 'a pack that is packed anew is let go of before hosts have the table of the new one',
    file: 'src/storage/collect.ts',
    from: 'isWhole(id) && (part === null || index.holdersOf(part, isWhole).remote.some(isWhole))',
    to: 'isWhole(id) && part !== undefined',
    caughtBy: by(COLLECT, 'what little is left of a pack'),
  },
  {
    name: 'fragments of a pack whose release is taken back count before hosts have said so',
    file: 'src/storage/store.ts',
    from: '[{ ...placement, rows: [] }]',
    to: '[placement]',
    caughtBy: by(COLLECT, 'what is needed again'),
  },
  {
    name: 'what a snapshot that is being taken leans on is collected',
    file: 'src/storage/collect.ts',
    from: '    if (!store.isWriting) return\n',
    to: '    if (store.isWriting || !store.isWriting) return\n',
    caughtBy: by(COLLECT, 'a snapshot that is being taken or restored'),
  },
  {
    name: 'the tables of packs that stay are collected',
    file: 'src/storage/collect.ts',
    from: '    if (part) usage.needPart(part)\n',
    to: '',
    caughtBy: by(COLLECT, 'whatever is taken, expired and collected'),
  },
  {
    name: 'what was stored for a first snapshot that was given up goes at once',
    file: 'src/storage/collect.ts',
    from: 'at > young &&',
    to: 'at > young + DATA_AGE_MIN_MS &&',
    caughtBy: by(COLLECT, 'what a run that was given up has stored'),
  },
  {
    name: 'what is held expires',
    file: 'src/box/operations/expire.ts',
    from: 'hold === null && !ids.has(snapshot)',
    to: '!ids.has(snapshot)',
    caughtBy: by(EXPIRE, 'what is held stays'),
  },
  {
    name: 'snapshots expire by a clock that nobody else has',
    file: 'src/box/operations/expire.ts',
    from: 'if ((await hosting.describe()).frozen) {',
    to: 'if ((await hosting.describe()).frozen && others.length > 9) {',
    caughtBy: by(EXPIRE, 'a clock that is years ahead'),
  },
  {
    name: 'a slot keeps its last snapshot',
    file: 'src/retention/kept.ts',
    from: '(one.isComplete && !known.isComplete)',
    to: 'one.isComplete',
    caughtBy: by('src/retention/kept.test.ts', 'of a slot the earliest complete one'),
  },
  {
    name: 'the newest complete snapshot expires when it is old',
    file: 'src/retention/kept.ts',
    from: '[sorted.at(-1), sorted.findLast(({ isComplete }) => isComplete)]',
    to: '[sorted.at(-1)]',
    caughtBy: by('src/retention/kept.test.ts', 'the newest complete one is kept'),
  },
  {
    name: 'what hosts confirmed once is believed for ever',
    file: 'src/box/states.ts',
    from: 'at <= now + AHEAD_MS && now - at <= forMs',
    to: 'at <= now + AHEAD_MS && forMs > 0',
    caughtBy: by('src/box/states.test.ts', 'what hosts confirmed becomes unknown'),
  },
  {
    name: 'a drill that failed proves what one before it did',
    file: 'src/box/states.ts',
    from: "drill !== undefined && drill.state !== 'failed'",
    to: 'drill !== undefined',
    caughtBy: by('src/box/states.test.ts', 'proved is what a drill'),
  },
  {
    name: 'sixty-one days are two months',
    file: 'src/retention/span.ts',
    from: 'months: 31 / MONTH_DAYS',
    to: 'months: 1',
    caughtBy: by('src/retention/policy.test.ts', 'what covers another keeps as long in short months'),
  },
]
