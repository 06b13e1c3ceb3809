/** What boxes keep for one another, and what they let go of, in words. */
import type { Formats } from './formats.ts'

export function hostingWordsEn(f: Formats) {
  return {
    hosting: {
      store: (store: string, lived: string) => `Store ${store}; this box has run for ${lived}.`,
      disk: (used: string, total: string, limit: string) =>
        `Disk: ${used} of ${total} used; hosting takes no more above ${limit}.`,
      quota: (quota: string) => `Each other organisation may keep ${quota} here.`,
      frozen:
        'The clocks of this box disagree, or differ from those of the members: nothing is purged until they agree.',
      damaged: (names: string) => `What is kept of these boxes cannot be read: ${names}.`,
      none: 'This box keeps nothing for others.',
      kept: 'Fragments of others are kept here:',
      own: 'Fragments of this box are kept by:',
      lent: (bytes: string, released: string) =>
        `Lent to others: ${bytes} of fragments, and ${released} that are released and not forgotten yet.`,
      used: (bytes: string, released: string) =>
        `Used at others: ${bytes} of fragments, and ${released} that are released and not forgotten yet.`,
      rest: 'Log and heads',
      former: {
        left: (name: string, until: string) => `${name} (has left, readable until ${until})`,
        expelled: (name: string, until: string) => `${name} (put out, readable until ${until})`,
      },
      formerHost: { left: 'has left', expelled: 'put out' },
      ownNone: 'No other box keeps anything of this one yet.',
      scrubbed: (count: number, rotten: number) =>
        `${f.plural(count, 'fragment', 'fragments')} read again, ${f.number(rotten)} damaged; their owners send those again.`,
    },
    brake: {
      class: { data: 'data', metadata: 'metadata' },
      frozen: (names: string) => `These hosts purge nothing for now, since their clocks disagree: ${names}.`,
      files:
        '“Held” counts as datis hosting show does; all else counts whole files, with a header of some kilobytes each.',
      trouble: 'These hosts could not be asked:',
      unusual: (host: string, at: string) => `${host} found releases of this box unusual (${at}).`,
    },
    release: {
      none: 'No host is asked to forget anything.',
      state: { queued: 'waits', released: 'released', gone: 'forgotten' },
      cancelled: (packs: number, held: number, gone: number, unknown: number) =>
        `${f.plural(packs, 'pack', 'packs')} taken back. Fragments held: ${f.number(held)}, forgotten already: ${f.number(gone)}, host not reached: ${f.number(unknown)}. datis disperse sends what is missing.`,
      optionAgain: 'as much once more, although the same was approved of within a day',
      repeated: (at: string) =>
        `This was approved of on ${at}, and was sent again: it counts once on each host. For as much once more: --again`,
      nobody: (box: string) => `No host keeps anything of ${box}.`,
      trouble: 'These hosts did not do it:',
      again: 'Try again when they answer.',
      undone: (box: string, count: number, bytes: string, hosts: number) =>
        `Releases of ${box} are taken back on ${f.plural(hosts, 'host', 'hosts')}: ${f.plural(count, 'fragment', 'fragments')}, ${bytes}.`,
      approved: (box: string, bytes: string, hosts: number) =>
        `${box} may once release ${bytes} more on each of ${f.plural(hosts, 'host', 'hosts')}, within 30 days.`,
      approvedLasting: (box: string, bytes: string, hosts: number) =>
        `${box} may release ${bytes} a week on each of ${f.plural(hosts, 'host', 'hosts')}, whatever its share is.`,
    },
  }
}

export type HostingWords = ReturnType<typeof hostingWordsEn>
