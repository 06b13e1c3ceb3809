/** What a source would save and leave out, on the command line and in the console. */
import type { Formats } from './formats.ts'

interface Amount {
  readonly files: number
  readonly bytes: number
}

export function previewEn(f: Formats) {
  const amount = ({ files, bytes }: Amount) => `${f.plural(files, 'file', 'files')}, ${f.bytes(bytes)}`
  const least = (isAll: boolean) => (isAll ? '' : 'at least ')
  return {
    saved: 'Saved',
    left: 'Left out',
    amount: (of: Amount, isAll: boolean) => `${least(isAll)}${amount(of)}`,
    line: (what: string, amount: string) => `${what}: ${amount}`,
    cut: 'There is too much to count in ten seconds. Nothing is wrong with that: a snapshot takes its time.',
    rule: 'Rule',
    effect: 'What it does',
    /** `isAll`: everything that is saved was looked at. */
    effectOf: ({ rule, paths, ...of }: Amount & { readonly rule: string; readonly paths: number }, isAll: boolean) => {
      if (paths === 0)
        return isAll
          ? 'matches nothing, or only what another rule is about already'
          : 'has matched nothing in what was looked at'
      const places = f.plural(paths, 'match', 'matches')
      return rule.startsWith('!') ? `keeps ${places}` : `${places}: ${amount(of)}`
    },
    path: 'Left-out path',
    size: 'Size',
    firstOf: (shown: number, all: number, isAll: boolean) =>
      `The first ${f.number(shown)} of ${least(isAll)}${f.number(all)}.`,
    own: 'the data folder of this box, which it never saves',
    nothingLeft: 'No rule leaves anything out.',
    unread: (count: number) =>
      count === 1 ? 'One thing cannot be looked at:' : `${f.number(count)} things cannot be looked at:`,
    mounts: (count: number) =>
      count === 1
        ? 'One folder is saved empty, since another disk begins there:'
        : `${f.number(count)} folders are saved empty, since another disk begins there:`,
    empty: 'There is no file to be saved.',
  }
}
