/** How safe everything is, in words. */
import type { Formats } from './formats.ts'

export function statusWordsEn(f: Formats) {
  return {
    command: 'how safe what this box saves is, as of now',
    state: {
      unknown: 'unknown',
      incomplete: 'incomplete',
      stored: 'stored',
      protected: 'protected',
      whole: 'full margin',
    },
    headline: {
      unknown: 'UNKNOWN: something was not confirmed for too long, or was never saved.',
      incomplete: 'INCOMPLETE: not all of it could be read.',
      stored: 'Stored on this box: hosts do not have enough of it yet.',
      protected: 'Protected: hosts can bring everything back. Going on to full margin.',
      whole: 'Protected, with full margin.',
    },
    confirmed: (at: string, hosts: number) => `${f.plural(hosts, 'host', 'hosts')}, last asked ${at}.`,
    neverConfirmed: 'Hosts were not asked yet: datis disperse',
    margin: (margin: number) =>
      margin < 0
        ? 'Hosts alone do not bring back all of it now.'
        : margin === 0
          ? 'The data bears no further loss of a host.'
          : `The data bears the loss of ${f.plural(margin, 'more host', 'more hosts')}, whichever they are.`,
    silent: (names: readonly string[]) => `Does not answer, and is taken as lost: ${f.list(names)}.`,
    alone: 'No other box keeps anything for this one yet.',
    trouble: 'These did not do what was asked of them:',
    late: 'late',
    never: 'never',
    ended: (name: string) => `${name} (ended)`,
    column: { newest: 'Newest complete', proved: 'Proved' },
  }
}
