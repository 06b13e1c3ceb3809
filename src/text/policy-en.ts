/** Retention policies, in words. */
import type { Formats } from './formats.ts'

interface Kept {
  readonly local: boolean
  readonly remote: boolean
  readonly hold: string | null
}

export function policyWordsEn(f: Formats) {
  return {
    command: {
      policy: 'how long snapshots are kept',
      preview: 'show what a policy keeps, without a box',
      list: 'list the policies, and which sources follow them',
      set: 'say how long the snapshots of a source are kept, on this box and on its hosts',
      expire: 'let go of the snapshots that no policy keeps',
      hold: 'keep a snapshot whatever the policies say',
      scrub: 're-read the packs on this box, and bring back what is damaged from the hosts',
      collect: 'free what no snapshot needs, on this box and on its hosts',
    },
    argument: 'a ready-made one by its name, or tiers such as  NAME: <2 h, 5 min>, <30 d, 1 d>',
    option: {
      local: 'on this box',
      remote: 'on the hosts',
      dryRun: 'only say which',
      reason: 'why it is held',
      letGo: 'let policies expire it again',
      at: 'the time from which it looks back (default: now)',
      zone: 'the time zone whose days and months count (default: that of this machine)',
    },
    kept: ({ local, remote, hold }: Kept) => {
      const where = local && remote ? 'here and on hosts' : local ? 'here' : 'on hosts'
      return hold === null ? where : `${where} (held: ${hold})`
    },
    column: { kept: 'Kept', policy: 'Policy', local: 'Kept here', remote: 'Kept by hosts' },
    readyMade: 'Ready-made:',
    sources: 'Sources:',
    isDefault: (policy: string) => `${policy} (default)`,
    set: (source: string) => `The snapshots of “${source}” are kept so from now on:`,
    expired: (local: number, remote: number) =>
      `${f.plural(local, 'snapshot has', 'snapshots have')} expired on this box, ${f.plural(remote, 'snapshot', 'snapshots')} on its hosts. datis vault collect frees what none needs any more.`,
    wouldExpire: (local: number, remote: number) =>
      `${f.plural(local, 'snapshot', 'snapshots')} would expire on this box, ${f.plural(remote, 'snapshot', 'snapshots')} on its hosts.`,
    held: (id: string, reason: string) => `The snapshot ${id} is held: ${reason}`,
    letGo: (id: string) => `The snapshot ${id} is held no more: its policy decides again.`,
    collected: (dropped: number, bytes: string, released: number) =>
      `${f.plural(dropped, 'pack has', 'packs have')} left this box (${bytes} freed); hosts are asked to forget ${f.plural(released, 'pack', 'packs')}, which they do in 44 days at the earliest.`,
    scrubbed: (packs: number, bytes: string) =>
      `${f.plural(packs, 'pack is', 'packs are')} in the vault; ${bytes} of them on this box were read.`,
    mended: (found: number, mended: number) =>
      `${f.plural(found, 'pack was', 'packs were')} damaged or gone; ${f.number(mended)} came back from the hosts.`,
    repacked: (packs: number, bytes: string) =>
      `Little was needed of ${f.plural(packs, 'pack', 'packs')}: what is left was packed anew (${bytes}). The old ones go once hosts have the new ones.`,
    keeps: (count: number, at: string, zone: string, period: string) =>
      `At ${at} (${zone}) it keeps ${f.plural(count, 'snapshot', 'snapshots')}, with one taken in each period of ${period}:`,
    days: 'Snapshots of each day:',
    months: 'Snapshots of each month:',
    hours: 'Of the last day, hour by hour:',
    tenYears: 'The last tier ends never; ten years of it are shown.',
    span: { min: 'min', h: 'h', d: 'd', w: 'weeks', mo: 'months', y: 'years' },
    expected: (names: readonly string[]) =>
      `a policy: ${f.list(names)} are ready-made; tiers go from short to long and from fine to coarse, like <2 h, 5 min>, <24 h, 1 h>, <30 d, 1 d>, <for ever, 1 mo>`,
  }
}
