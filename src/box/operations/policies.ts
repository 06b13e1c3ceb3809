/** How long the snapshots of each source are kept: on this box, and on its hosts. */
import { DatisError } from '#base'
import { DEFAULTS, formatPolicy, type Policy, parsePolicy, READY_MADE } from '#retention'
import type { Side, SourceSpec } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { Operations, PolicyResult, SourcePolicies, Within } from '../operations.ts'

const SIDES = ['local', 'remote'] as const

/** As it was set for the source, else the default of that side. */
export function policyOf(source: Pick<SourceSpec, Side> | undefined, side: Side): Policy {
  return parsePolicy(source?.[side] ?? formatPolicy(readyMade(DEFAULTS[side])))
}

function readyMade(name: string): Policy {
  const found = READY_MADE.find((one) => one.name === name)
  if (found === undefined) throw new Error('defaults are ready-made')
  return found
}

export async function listPolicies(box: OpenedBox, { within }: Within): Promise<Operations['policy.list'][1]> {
  const sources = box.vault.settings().sources.filter(({ name }) => within === undefined || within.includes(name))
  const own = sources.flatMap((source) => SIDES.map((side) => policyOf(source, side)))
  const all = new Map([...READY_MADE, ...own].map((policy) => [formatPolicy(policy), policy]))
  const items = [...all].map(
    ([text, { name }]): PolicyResult => ({
      name,
      policy: text,
      readyMade: READY_MADE.some((one) => formatPolicy(one) === text),
      local: usersOf(sources, 'local', text),
      remote: usersOf(sources, 'remote', text),
    }),
  )
  return { items, sources: sources.map(shownSource) }
}

function usersOf(sources: readonly SourceSpec[], side: Side, text: string): string[] {
  return sources.filter((source) => formatPolicy(policyOf(source, side)) === text).map(({ name }) => name)
}

function shownSource(source: SourceSpec): SourcePolicies {
  const of = (side: Side) => ({ policy: formatPolicy(policyOf(source, side)), isDefault: source[side] === undefined })
  return { source: source.name, local: of('local'), remote: of('remote') }
}

/** SOURCE_UNKNOWN, POLICY_UNKNOWN, POLICY_INVALID, SPAN_INVALID */
export async function setPolicy(box: OpenedBox, args: Operations['policy.set'][0]): Promise<SourcePolicies> {
  const settings = box.vault.settings()
  const source = settings.sources.find(({ name }) => name === args.source)
  if (source === undefined) throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: args.source })
  const changed = { ...source }
  for (const side of SIDES) {
    const text = args[side]
    if (text !== undefined) changed[side] = formatPolicy(policyNamed(settings.sources, text))
  }
  box.vault.changeSettings({ ...settings, sources: settings.sources.map((one) => (one === source ? changed : one)) })
  return shownSource(changed)
}

/** By the name of a ready-made one, or of one that a source has; else as it is written. */
export function policyNamed(sources: readonly SourceSpec[], text: string): Policy {
  const name = text.trim().toLowerCase()
  const own = sources.flatMap((source) => SIDES.map((side) => policyOf(source, side)))
  const found = [...READY_MADE, ...own].find((one) => one.name !== '' && one.name.toLowerCase() === name)
  if (found !== undefined) return found
  if (text.includes('<')) return parsePolicy(text)
  throw new DatisError('POLICY_UNKNOWN', 'There is no policy of that name.', { name: text.slice(0, 100) })
}
