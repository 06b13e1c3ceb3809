/** Restores for practice, in words. */
import type { Formats } from './formats.ts'

export function drillWordsEn(f: Formats) {
  return {
    command: {
      drill: 'restores for practice, from what the hosts give alone',
      run: 'rebuild some files from the hosts, as if nothing were here, and compare them with what was saved',
      list: 'list the last ones, with what they proved',
    },
    option: { sample: 'how many files of each source', source: 'this source alone' },
    ok: (files: number, bytes: string) =>
      `Proved: ${f.plural(files, 'file', 'files')} (${bytes}) came back from the hosts as they were saved.`,
    degraded: (names: string) => `These hosts did not answer; the others sufficed: ${names}.`,
    damaged: (count: number) =>
      `${f.plural(count, 'fragment', 'fragments')} came back wrong and were done without; datis disperse puts them back.`,
    failed: (count: number) =>
      `NOT proved: ${f.plural(count, 'file', 'files')} could not be brought back from the hosts:`,
    none: 'Nothing has been proved yet: datis drill run',
    column: { at: 'On', state: 'Outcome', files: 'Files', bytes: 'Size' },
    state: { ok: 'proved', degraded: 'proved, with hosts missing', failed: 'NOT proved' },
  }
}
