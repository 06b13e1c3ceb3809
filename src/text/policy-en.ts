/** Retention policies, in words. */
import type { Formats } from './formats.ts'

export function policyWordsEn(f: Formats) {
  return {
    command: { policy: 'how long snapshots are kept', preview: 'show what a policy keeps, without a box' },
    argument: 'a ready-made one by its name, or tiers such as  NAME: <2 h, 5 min>, <30 d, 1 d>',
    option: {
      at: 'the time from which it looks back (default: now)',
      zone: 'the time zone whose days and months count (default: that of this machine)',
    },
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
