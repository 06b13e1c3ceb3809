/** Looking for saved things, in words. */
import type { Formats } from './formats.ts'

export function findWordsEn(f: Formats) {
  return {
    command: 'look for saved files by their name, or part of it (* and ? as usual)',
    option: {
      source: 'in this source alone',
      id: 'in this snapshot alone',
      all: 'in all snapshots: what was deleted, and earlier versions',
    },
    none: 'Nothing that is saved has such a name. In earlier snapshots: --all',
    noneAtAll: 'Nothing that is saved has such a name.',
    found: (count: number) => `${f.plural(count, 'thing', 'things')} found.`,
    more: (count: number) => `There is more than these ${f.number(count)}: say more of the name, or name a source.`,
    column: { snapshot: 'Snapshot', path: 'Path' },
    putBack: {
      command: 'put things of a snapshot back to where they were saved from',
      path: 'in the snapshot, as in snapshot show; without any, all of it',
      over: 'replace what is there now (default: beside it, with the date in the name)',
    },
    versions: {
      command: 'list the versions of one saved file, newest first',
      path: 'in the source, as in snapshot show',
      first: 'Since snapshot',
      where: 'Where',
      here: 'on this box',
      hosts: 'at hosts',
      more: (count: number) => `There are older versions than these ${f.number(count)}.`,
      unread: (count: number) => `${f.plural(count, 'snapshot', 'snapshots')} could not be looked into.`,
    },
  }
}
