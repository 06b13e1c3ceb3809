/** For tests: sources, snapshots and restores on a disk in memory or a real one. */
import { type BytePath, type Disk, joinPath, pathFromText } from '#base'
import type { MemoryDisk } from '#base/sim'
import { restoreSnapshot } from './restore.ts'
import type { RestoreReport, RestoreRequest } from './restore-types.ts'
import { takeSnapshot } from './snapshot-take.ts'
import type { VaultStore } from './store.ts'
import { fixture, open } from './store-fixture.ts'
import type { ChunkStore, FetchPack, Snapshot, SnapshotDeps, SnapshotRecord, SourceSpec, VaultDeps } from './types.ts'

export interface Bench {
  readonly deps: VaultDeps
  readonly store: ChunkStore
  readonly ownFolder: BytePath
}

export const at = (text: string): BytePath => pathFromText(text)

export function source(...paths: string[]): SourceSpec {
  return { name: 'files', paths: paths.map(at), excludes: [], oneFileSystem: false }
}

export function take(bench: Bench, spec: SourceSpec, more: { neverFolders?: BytePath[] } = {}): Promise<Snapshot> {
  const deps: SnapshotDeps = { ...bench.deps, store: bench.store, ownFolder: bench.ownFolder }
  return takeSnapshot(deps, spec, { signal: new AbortController().signal, ...more })
}

const noPeers: FetchPack = async () => {
  throw Object.assign(new Error('no peers here'), { code: 'PACK_UNREACHABLE' })
}

export function restore(
  bench: Bench,
  snapshot: SnapshotRecord,
  target: BytePath,
  more: Partial<RestoreRequest> & { fetchPack?: FetchPack; signal?: AbortSignal } = {},
): Promise<RestoreReport> {
  const { fetchPack = noPeers, signal = new AbortController().signal, ...given } = more
  const request: RestoreRequest = { snapshot, path: at(''), target, mode: 'refuse', dryRun: false, ...given }
  return restoreSnapshot({ ...bench.deps, store: bench.store }, request, { signal, fetchPack })
}

export function put(disk: Disk, path: BytePath, bytes: Uint8Array | string): void {
  using file = disk.open(path, 'write')
  file.truncate(0)
  file.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 0)
}

export function read(disk: Disk, path: BytePath): Buffer {
  using file = disk.open(path, 'read')
  const bytes = Buffer.alloc(file.stat().bytes)
  file.read(bytes, 0)
  return bytes
}

/** A tree as one line a thing: path, kind, all metadata that a restore promises, content. */
export function describe(disk: Disk, folder: BytePath, options: { owners?: boolean } = {}): string[] {
  const lines: string[] = []
  const inodes = new Map<bigint, number>()
  const visit = (path: BytePath, relative: string): void => {
    const stat = disk.stat(path)
    const parts: unknown[] = [
      relative || '.',
      stat.kind,
      stat.kind === 'symlink' ? '' : stat.mode.toString(8),
      stat.mtimeNs,
    ]
    if (options.owners ?? true) parts.push(stat.uid, stat.gid)
    if (stat.kind === 'file' && stat.links > 1) {
      if (!inodes.has(stat.inode)) inodes.set(stat.inode, inodes.size)
      parts.push(`link ${inodes.get(stat.inode)}`)
    }
    for (const [name, value] of [...disk.xattrs(path)].sort())
      parts.push(`${name}=${Buffer.from(value).toString('hex')}`)
    if (stat.kind === 'file') parts.push(read(disk, path).toString('base64'))
    if (stat.kind === 'symlink') parts.push(disk.readSymlink(path))
    if (stat.kind !== 'socket' && stat.kind !== 'fifo' && stat.kind !== 'device') lines.push(parts.join(' '))
    if (stat.kind !== 'folder') return
    for (const name of disk.list(path).sort())
      visit(joinPath(path, name), relative === '' ? name : `${relative}/${name}`)
  }
  visit(folder, '')
  return lines
}

export interface MemoryBench extends Bench {
  readonly disk: MemoryDisk
  readonly store: VaultStore
}

export async function bench(seed: string, unnamedFiles = true): Promise<MemoryBench> {
  const fix = fixture(seed, { unnamedFiles })
  return { deps: fix.deps, store: await open(fix), ownFolder: at('/vault'), disk: fix.disk }
}

/** Times of files must be older than the run, or they are read again to be sure. */
export function age(b: MemoryBench): void {
  ;(b.deps.clock as unknown as { setWallOffset(ms: number): void }).setWallOffset(10_000_000)
}
