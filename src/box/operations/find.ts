import { type BytePath, DatisError, nameOf, pathToText } from '#base'
import type { Snapshot, WalkedEntry } from '#storage'
import type { FindArguments, FindResult, FoundResult, FoundVersion } from '../find-results.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext } from '../operations.ts'
import { shownEntry, shownInstant } from './shown.ts'

const FOUND_MAX = 1000
const PAUSE_EVERY = 2000

/** SNAPSHOT_UNKNOWN, SOURCE_UNKNOWN */
export async function findSaved(
  box: OpenedBox,
  args: FindArguments,
  { signal, onProgress }: OperationContext,
): Promise<FindResult> {
  const matches = matcher(args.text)
  const found = new Map<string, Found>()
  let seen = 0
  for (const snapshot of searched(box, args)) {
    // Who looks through many takes minutes: those that have expired by then are collected.
    if (!box.vault.snapshots().some((one) => one.snapshot === snapshot.snapshot)) continue
    for await (const walked of box.vault.walk(snapshot)) {
      if (++seen % PAUSE_EVERY === 0) {
        onProgress({ phase: 'find', filesDone: seen })
        await box.world.clock.sleep(0, signal)
      }
      if (walked.path === '' || !matches(walked.path)) continue
      if (!note(found, snapshot, walked)) return { items: [...found.values()], more: true }
    }
  }
  return { items: [...found.values()], more: false }
}

type Found = FoundResult & { readonly versions: FoundVersion[] }

/** Newest first. */
function searched(box: OpenedBox, { id, source, all = false, within }: FindArguments): Snapshot[] {
  if (id !== undefined) return [box.vault.snapshot(id, within)]
  const snapshots = box.vault
    .snapshots()
    .filter((one) => source === undefined || one.source === source)
    .filter((one) => within === undefined || within.includes(one.source))
    .sort((a, b) => b.at - a.at)
  if (snapshots.length === 0 && source !== undefined) {
    throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: source })
  }
  if (all) return snapshots
  const newest = new Map(snapshots.toReversed().map((one) => [one.source, one]))
  return [...newest.values()]
}

/** False when there is no room for it. */
function note(found: Map<string, Found>, { snapshot, source, at }: Snapshot, { path, entry }: WalkedEntry): boolean {
  const { kind, bytes, modified, ...rest } = shownEntry(entry, path)
  const key = `${source}/${path}`
  const version = { snapshot, at: shownInstant(at), modified, bytes }
  const known = found.get(key)
  if (known === undefined) {
    if (found.size === FOUND_MAX) return false
    found.set(key, { source, path: rest.path, pathBytes: rest.pathBytes, kind, versions: [version] })
  } else if (!known.versions.some((one) => one.modified === modified && one.bytes === bytes)) {
    known.versions.push(version)
  }
  return true
}

function matcher(text: string): (path: BytePath) => boolean {
  const wanted = text.normalize('NFC').toLowerCase()
  const whole = wanted.includes('/')
  const subject = (path: BytePath) =>
    pathToText(whole ? path : nameOf(path))
      .normalize('NFC')
      .toLowerCase()
  if (!/[*?]/.test(wanted)) return (path) => subject(path).includes(wanted)
  const pattern = [...wanted]
  return (path) => isLike([...subject(path)], pattern)
}

/** Goes back to the last star alone: no pattern takes longer than its length times that of the name. */
function isLike(name: readonly string[], pattern: readonly string[]): boolean {
  let [at, next, star, from] = [0, 0, -1, 0]
  while (at < name.length) {
    const wanted = pattern[next]
    if (wanted === '*') [star, from] = [next++, at]
    else if (wanted === name[at] || (wanted === '?' && name[at] !== '/')) [at, next] = [at + 1, next + 1]
    else if (star !== -1 && name[from] !== '/') [at, from, next] = [from + 1, from + 1, star + 1]
    else return false
  }
  return pattern.slice(next).every((one) => one === '*')
}
