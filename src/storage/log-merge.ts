/** Two histories of one vault joined: what hosts know comes first, what the box logged without knowing it follows. */
import type { LogRecord, SourceSpec } from './types.ts'

/**
 * The batches of `ours` that still say something behind `theirs`. A pack or snapshot that both name is named once; where
 * both placed a pack theirs counts, and the next comparison with the hosts finds what ours would have added.
 */
export function recordsToAppend(theirs: readonly LogRecord[], ours: readonly (readonly LogRecord[])[]): LogRecord[][] {
  const known = new Set(theirs.map(nameOf))
  const sources = theirs.findLast((record) => record.type === 'settings')?.sources ?? []
  return ours
    .map((batch) =>
      batch
        .filter((record) => record.type !== 'vault' && !known.has(nameOf(record)))
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
      return `${record.type} ${record.at} ${record.packs.join()}`
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
