/** Bugs of what expires and is collected. */
import { by, type PlantedBug } from './planted-bug.ts'

const COLLECT = 'src/storage/collect.test.ts'
const EXPIRE = 'src/box/operations/expire.test.ts'

export const RETENTION_BUGS: readonly PlantedBug[] = [
  {
    name: 'a local copy goes although hosts may not have it',
    file: 'src/storage/collect.ts',
    from: "(pack.class === 'data' && isWhole(pack.id))",
    to: "pack.class === 'data'",
    caughtBy: by(COLLECT, 'what no snapshot needs goes'),
  },
  {
    name: 'a pack that is packed anew is let go of before its twin is safe',
    file: 'src/storage/collect.ts',
    from: '(sets.get(id) ?? [id])',
    to: '[id]',
    caughtBy: by(COLLECT, 'twins are needed together'),
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
    from: 'if (frozen) throw',
    to: 'if (frozen && args.dryRun) throw',
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
]
