/** The honest account at the end of the demo: for people, and as its last line of JSON. */
import { GiB, MiB } from '#base'
import { table, type Words } from '#text'
import type { Comparison } from './compare.ts'
import type { Holding } from './demo-holdings.ts'
import type { TownBox } from './demo-town.ts'

export const PHASES = ['snapshot', 'disperse', 'recover', 'restore'] as const
export type Phase = (typeof PHASES)[number]

export interface Usage {
  readonly seconds: number
  /** Of all processes together; null where the system does not tell. */
  readonly cpuSeconds: number | null
}

export interface DemoAccount {
  readonly identical: boolean
  readonly files: number
  readonly bytes: number
  readonly storedBytes: number
  readonly code: { readonly n: number; readonly k: number }
  readonly boxes: number
  /** Hosts lost besides the owner. */
  readonly lost: number
  readonly phases: Readonly<Partial<Record<Phase, Usage>>>
  readonly peakMemoryBytes: number
}

const DIFFERENCES_SHOWN_MAX = 20

export function holdersTable(
  { say, formats }: Words,
  boxes: readonly TownBox[],
  holdings: ReadonlyMap<string, Holding>,
  lost: ReadonlySet<TownBox>,
): string[] {
  const columns = [
    { title: say.column.host },
    { title: say.column.address },
    { title: say.column.fragments, align: 'right' as const },
    { title: say.column.bytes, align: 'right' as const },
    { title: say.column.fate },
  ]
  const rows = boxes.slice(1).map((box) => {
    const holding = holdings.get(box.name)
    const fate = lost.has(box) ? say.demo.lost : say.demo.lives
    return [box.name, box.address, formats.number(holding?.packs.length ?? 0), formats.bytes(holding?.bytes ?? 0), fate]
  })
  return table(columns, rows)
}

export function accountLines(words: Words, account: DemoAccount): string[] {
  const { say, formats } = words
  return [
    '',
    say.demo.account,
    say.demo.saved(account.files, formats.bytes(account.bytes)),
    say.demo.held(
      formats.bytes(account.storedBytes),
      formats.percent(account.storedBytes / Math.max(1, account.bytes)),
    ),
    say.demo.losses(account.lost, account.boxes),
    ...(account.peakMemoryBytes > 0 ? [say.demo.memory(formats.bytes(account.peakMemoryBytes))] : []),
    '',
    ...phaseTable(words, account),
    '',
  ]
}

function phaseTable({ say, formats }: Words, { bytes, phases }: DemoAccount): string[] {
  const columns = [
    { title: say.column.phase },
    { title: say.column.duration, align: 'right' as const },
    { title: say.column.rate, align: 'right' as const },
    { title: say.column.cpu, align: 'right' as const },
  ]
  const rows = PHASES.flatMap((phase) => {
    const usage = phases[phase]
    if (usage === undefined) return []
    // Recovery reads no file: only what it took, not a rate of files.
    const moves = phase !== 'recover'
    const cpu = usage.cpuSeconds === null || !moves ? null : usage.cpuSeconds / (bytes / GiB)
    return [
      [
        say.demo.phases[phase],
        formats.duration(usage.seconds * 1000),
        moves ? formats.number(bytes / MiB / usage.seconds, 1) : say.demo.unavailable,
        cpu === null ? say.demo.unavailable : formats.number(cpu, 1),
      ],
    ]
  })
  return table(columns, rows)
}

export function verdictLines({ say }: Words, comparison: Comparison): string[] {
  const unlisted = comparison.unlisted === 0 ? [] : [say.demo.unlisted(comparison.unlisted)]
  if (comparison.differenceCount === 0) return [say.demo.identical(comparison.files), ...unlisted]
  const shown = comparison.differences.slice(0, DIFFERENCES_SHOWN_MAX)
  const columns = [{ title: say.column.what }, { title: say.column.path }]
  const rest = comparison.differenceCount - shown.length
  return [
    say.demo.different(comparison.differenceCount),
    ...table(
      columns,
      shown.map(({ what, path }) => [what, path]),
    ),
    ...(rest > 0 ? [say.demo.more(rest)] : []),
    ...unlisted,
  ]
}
