/** Two histories of one vault joined: what hosts know comes first, what the box logged without knowing it follows. */
import { RELEASED_A_RECORD_MAX } from './log-record.ts'
import type { LogRecord, PackId, SourceSpec } from './types.ts'

/**
 * The batches of `ours` that still say something behind `theirs`. A pack or snapshot that both name is named once; where
 * both placed a pack theirs counts, and the next comparison with the hosts finds what ours would have added. Neither
 * side knew the other's snapshots when it released packs: no release of ours is repeated, and theirs are taken back when
 * we took a snapshot since. Expiry, which then knows all snapshots, may release them again.
 */
export function recordsToAppend(theirs: readonly LogRecord[], ours: readonly (readonly LogRecord[])[]): LogRecord[][] {
  const batches = withoutKnown(theirs, ours)
  const snapshot = batches.flat().find((record) => record.type === 'snapshot')
  return snapshot === undefined ? batches : [...batches, ...keptAgain(releasedIn(theirs), snapshot.at)]
}

function keptAgain(packs: readonly PackId[], at: number): LogRecord[][] {
  const batches: LogRecord[][] = []
  for (let from = 0; from < packs.length; from += RELEASED_A_RECORD_MAX) {
    batches.push([{ type: 'kept', packs: packs.slice(from, from + RELEASED_A_RECORD_MAX), at }])
  }
  return batches
}

function releasedIn(records: readonly LogRecord[]): PackId[] {
  const released = new Set<PackId>()
  for (const record of records) {
    if (record.type === 'released') for (const pack of record.packs) released.add(pack)
    if (record.type === 'kept') for (const pack of record.packs) released.delete(pack)
  }
  return [...released]
}

function withoutKnown(theirs: readonly LogRecord[], ours: readonly (readonly LogRecord[])[]): LogRecord[][] {
  const known = new Set(theirs.map(nameOf))
  const sources = theirs.findLast((record) => record.type === 'settings')?.sources ?? []
  return ours
    .map((batch) =>
      batch
        .filter((record) => record.type !== 'vault' && record.type !== 'released' && !known.has(nameOf(record)))
        .map((record) =>
          record.type === 'settings' ? { ...record, sources: joined(sources, record.sources) } : record,
        ),
    )
    .filter((batch) => batch.length > 0)
}

function nameOf(record: LogRecord): string {
  switch (record.type) {
    case 'pack':
    case 'placed':
      return `${record.type} ${record.pack}`
    case 'released':
    case 'kept':
    case 'dropped':
      return `${record.type} ${record.at} ${record.packs.join()}`
    case 'expired':
      return `expired ${record.at} ${record.side} ${record.snapshots.join()}`
    case 'hold':
      return `hold ${record.at} ${record.snapshot}`
    case 'snapshot':
      return `snapshot ${record.snapshot}`
    case 'settings':
      return `settings ${record.at}`
    case 'vault':
      return 'vault'
  }
}

/** No source is lost: ours wins where both have the name. */
function joined(theirs: readonly SourceSpec[], ours: readonly SourceSpec[]): SourceSpec[] {
  const names = new Set(ours.map(({ name }) => name))
  return [...theirs.filter(({ name }) => !names.has(name)), ...ours]
}
