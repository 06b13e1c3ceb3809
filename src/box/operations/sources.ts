import { DatisError, NAME_PATTERN, pathFromText, pathToText } from '#base'
import { formatPolicy } from '#retention'
import { OWN_SOURCE, type SourceSpec } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { SourceArguments, SourceChange, SourceResult, Within } from '../operations.ts'
import { policyNamed } from './policies.ts'

/** SOURCE_NAME_INVALID, SOURCE_PATH_RELATIVE, REQUEST_INVALID, SOURCE_EXISTS, POLICY_UNKNOWN, POLICY_INVALID, SPAN_INVALID */
export async function addSource(box: OpenedBox, args: SourceArguments): Promise<{ name: string }> {
  checkName(args.name)
  checkPaths(args.paths)
  const settings = box.vault.settings()
  if (args.name === OWN_SOURCE || settings.sources.some(({ name }) => name === args.name)) {
    throw new DatisError('SOURCE_EXISTS', 'A source of that name exists.', { name: args.name })
  }
  const { local, remote, ...rest } = args
  const source: SourceSpec = {
    ...rest,
    paths: args.paths.map(pathFromText),
    excludes: [...args.excludes],
    ...(local === undefined ? {} : { local: formatPolicy(policyNamed(settings.sources, local)) }),
    ...(remote === undefined ? {} : { remote: formatPolicy(policyNamed(settings.sources, remote)) }),
  }
  box.vault.changeSettings({ ...settings, sources: [...settings.sources, source] })
  return { name: args.name }
}

function checkName(name: string): void {
  if (NAME_PATTERN.test(name)) return
  throw new DatisError('SOURCE_NAME_INVALID', 'A source cannot have this name.', { name: name.slice(0, 200) })
}

/** Of Unix and of Windows. */
const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/

/** A box that runs stands in no folder that anybody knows. SOURCE_PATH_RELATIVE, REQUEST_INVALID */
export function checkPaths(paths: readonly string[]): void {
  if (paths.some((path) => path.includes('\0')))
    throw new DatisError('REQUEST_INVALID', 'No path has this character.', { at: 'paths' })
  const relative = paths.find((path) => !ABSOLUTE.test(path))
  if (relative === undefined) return
  throw new DatisError('SOURCE_PATH_RELATIVE', 'A path does not begin at the root.', { path: relative.slice(0, 200) })
}

/** SOURCE_UNKNOWN, SOURCE_PATH_RELATIVE, REQUEST_INVALID */
export async function setSource(box: OpenedBox, change: SourceChange): Promise<SourceResult> {
  checkPaths(change.paths ?? [])
  const settings = box.vault.settings()
  const source = settings.sources.find(({ name }) => name === change.name)
  if (source === undefined) throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: change.name })
  const changed = changedBy(source, change)
  box.vault.changeSettings({ ...settings, sources: settings.sources.map((one) => (one === source ? changed : one)) })
  return shown(changed)
}

function changedBy(source: SourceSpec, { paths, excludes, oneFileSystem, importance, kbit, ended }: SourceChange) {
  const { kbit: oldKbit, ended: wasEnded, ...rest } = source
  const newKbit = kbit === undefined ? oldKbit : (kbit ?? undefined)
  return {
    ...rest,
    ...(paths === undefined ? {} : { paths: paths.map(pathFromText) }),
    ...(excludes === undefined ? {} : { excludes: [...excludes] }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
    ...(importance === undefined ? {} : { importance }),
    ...(newKbit === undefined ? {} : { kbit: newKbit }),
    ...((ended ?? wasEnded === true) ? { ended: true as const } : {}),
  } satisfies SourceSpec
}

export async function listSources(box: OpenedBox, { within }: Within): Promise<{ items: SourceResult[] }> {
  return { items: sourcesWithin(box, within).map(shown) }
}

export function sourcesWithin({ vault }: OpenedBox, within: Within['within']): SourceSpec[] {
  return vault.settings().sources.filter(({ name }) => within === undefined || within.includes(name))
}

function shown(source: SourceSpec): SourceResult {
  return { ...source, paths: source.paths.map(pathToText) }
}
