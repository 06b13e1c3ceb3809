/** What is saved, in words. */
import type { Formats } from './formats.ts'
import { previewEn } from './preview-en.ts'

export function sourceWordsEn(f: Formats) {
  return {
    command: {
      source: 'what is saved',
      add: 'add a source: a name and the paths to save',
      set: 'change a source; what is not named stays as it is',
      end: 'take no more snapshots of a source; those that there are stay by its policies',
      resume: 'take snapshots of a source again',
      list: 'list the sources',
      preview:
        'show what a snapshot would save and leave out: of a source, with what is named in the place of what it has',
    },
    option: {
      previewPath: 'a path that would be saved; repeat it for several',
      path: 'a path to save; repeat it for several, which take the place of those before',
      importance: 'high, normal or low: who comes first when several are due',
      bandwidth: 'read it no faster than this, in kbit/s (“none”: as fast as it goes)',
    },
    expected: { importance: 'high, normal or low', preview: 'the name of a source, or a path' },
    preview: previewEn(f),
    added: (name: string) => `The source “${name}” is added. Save it with: datis snapshot take`,
    changed: (name: string) => `The source “${name}” is now:`,
    ended: (name: string) => `No snapshot of “${name}” is taken any more. Those that there are stay by its policies.`,
    resumed: (name: string) => `Snapshots of “${name}” are taken again.`,
    none: 'There is no source yet. Add one with: datis source add NAME PATH',
    column: { importance: 'Importance', bandwidth: 'Reading' },
    importance: { high: 'high', normal: 'normal', low: 'low' },
    kbit: (kbit: number) => `${f.number(kbit)} kbit/s`,
    isEnded: (name: string) => `${name} (ended)`,
  }
}
