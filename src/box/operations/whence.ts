/** Where what is to be given back comes from, and how long hosts will take, as far as that was measured. */
import { placedFromStatement } from '#dispersal'
import type { PackId } from '#storage'
import { namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, WhenceArguments, WhenceResult } from '../operations.ts'
import { outermost } from './return.ts'
import { exactPath } from './snapshots.ts'

/** SNAPSHOT_UNKNOWN, PATH_UNKNOWN, CHUNK_UNKNOWN */
export async function showWhence(
  box: OpenedBox,
  { id, paths }: WhenceArguments,
  { signal }: OperationContext,
): Promise<WhenceResult> {
  const snapshot = box.vault.snapshot(id)
  const { files, bytes, localBytes, away } = await box.vault.whence(
    snapshot,
    outermost(paths.map((path) => exactPath(path))),
    signal,
  )
  const holders = [...away].map((pack) => holdersOf(box, pack))
  const hosts = [...new Set(holders.flatMap(({ rows }) => rows))].sort()
  const names = namesOf(box)
  return {
    files,
    bytes,
    localBytes,
    remoteBytes: bytes - localBytes,
    hosts: hosts.map((host) => ({ host, name: names.box(host) ?? '' })),
    seconds: secondsFor(box, holders),
  }
}

interface Holders {
  readonly rows: readonly string[]
  /** So many of them give the pack. */
  readonly needed: number
}

function holdersOf({ vault }: OpenedBox, pack: PackId): Holders {
  const record = vault.placement(pack)
  if (record === undefined) return { rows: [], needed: 1 }
  const { rows, code } = placedFromStatement(record.statement, record.rows)
  return { rows: rows.map(({ host }) => host), needed: code.k }
}

/** One pack after the other, each as slow as the slowest that is needed. Null: of one of them nothing was measured. */
function secondsFor({ latencies }: OpenedBox, holders: readonly Holders[]): number | null {
  let ms = 0
  for (const { rows, needed } of holders) {
    const known = rows.flatMap((host) => latencies.knownMs(host) ?? []).sort((a, b) => a - b)
    const slowest = known[needed - 1]
    if (slowest === undefined) return null
    ms += slowest
  }
  return Math.ceil(ms / 1000)
}
