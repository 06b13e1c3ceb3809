/**
 * The index: chunk id → places, packs, placements, snapshots. SQLite, rebuildable from log and tables; its own commit
 * point is `end`, the log's end that it has applied. docs/formats/index.md.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { assert, decodeCbor, fromHex, toHex } from '#base'
import { bindingOf } from './group.ts'
import {
  type GroupRow,
  groupPlace,
  type PackRow,
  packInfo,
  packRow,
  readRow,
  type SnapshotRow,
  snapshotRow,
} from './index-rows.ts'
import type { PackTable } from './pack-format.ts'
import type { ChunkPlace, GroupPlace, LogEnd, PackId, PackInfo, PackRecord, Side, SnapshotId } from './types.ts'

export const INDEX_VERSION = 3

const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE packs (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    class TEXT NOT NULL,
    generation INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    table_bytes INTEGER NOT NULL,
    part BLOB,
    at INTEGER NOT NULL,
    local INTEGER NOT NULL,
    damaged INTEGER NOT NULL DEFAULT 0,
    indexed INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX packs_part ON packs (part) WHERE part IS NOT NULL;
  CREATE INDEX packs_unindexed ON packs (n) WHERE indexed = 0;
  CREATE TABLE groups (
    pack INTEGER NOT NULL,
    position INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    plain_bytes INTEGER NOT NULL,
    codec INTEGER NOT NULL,
    binding BLOB NOT NULL,
    PRIMARY KEY (pack, position)
  ) WITHOUT ROWID;
  CREATE TABLE chunks (
    id BLOB NOT NULL,
    pack INTEGER NOT NULL,
    position INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (id, pack, position, offset)
  ) WITHOUT ROWID;
  CREATE TABLE placements (pack BLOB PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE snapshots (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    record BLOB NOT NULL,
    local INTEGER NOT NULL DEFAULT 1,
    remote INTEGER NOT NULL DEFAULT 1,
    hold TEXT
  );
  PRAGMA user_version = ${INDEX_VERSION};
`

/**
 * Locked for good, since a data folder has one process: else each question asks the system for locks, four calls.
 * 16 MiB of pages: the inner pages of a 1 TB vault's chunk tree, and the leaves of what was just written.
 */
const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -16384;
  PRAGMA temp_store = MEMORY;
`

const endSchema = z.strictObject({ frames: z.int().nonnegative(), hash: z.string().length(64) })

/** pack, position, offset, bytes. */
type ChunkRow = [number, number, number, number]

export interface Holders {
  readonly local: PackId | null
  /** The newest first: all that came after the newest that stands, and that one. */
  readonly remote: readonly PackId[]
  readonly released: PackId | null
}

interface KnownGroup {
  readonly place: GroupPlace
  readonly n: number
  readonly damaged: boolean
  readonly released: boolean
}

/** Groups kept after they were found, 300 bytes each: nearly all chunks that are looked up lie in few. */
const GROUPS_KEPT_MAX = 4096
/** More than the positions in a pack. */
const POSITIONS = 2 ** 20

const PACK_COLUMNS =
  'n, id, class, generation, bytes, table_bytes, part, at, local, damaged, indexed, released, dropped'

export class IndexStore implements Disposable {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** By pack and position; forgotten whenever a pack or a table changes. */
  readonly #groups = new Map<number, KnownGroup>()

  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    try {
      this.#db.exec(PRAGMAS)
      const version = Number(this.#db.prepare('PRAGMA user_version').get()?.user_version)
      if (version === 0) this.#db.exec(SCHEMA)
      else if (version !== INDEX_VERSION) throw new RangeError(`index of version ${version}`)
      this.end()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #run(sql: string, ...values: (number | string | Uint8Array | null)[]): void {
    this.#prepared(sql).run(...values)
  }

  transaction<Result>(change: () => Result): Result {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = change()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite may already have rolled back by itself (disk full).
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  end(): LogEnd {
    const value = this.meta('end')
    return value ? decodeCbor('end of the index', endSchema, value) : { frames: 0, hash: '0'.repeat(64) }
  }

  meta(key: string): Uint8Array | undefined {
    const value = this.#prepared('SELECT value FROM meta WHERE key = ?').get(key)?.value
    return value instanceof Uint8Array ? value : undefined
  }

  setMeta(key: string, value: Uint8Array): void {
    this.#run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value)
  }

  // -------------------------------------------------------------------------------------------- packs

  addPack(record: PackRecord, local: boolean): void {
    this.#run(
      `INSERT OR IGNORE INTO packs (id, class, generation, bytes, table_bytes, part, at, local)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      fromHex(record.pack),
      record.class,
      record.generation,
      record.bytes,
      record.tableBytes,
      record.part,
      record.at,
      Number(local),
    )
  }

  pack(id: PackId): PackRow | undefined {
    const row = this.#prepared(`SELECT ${PACK_COLUMNS} FROM packs WHERE id = ?`).get(fromHex(id))
    return row && readRow(packRow, row)
  }

  packOfPart(part: Uint8Array): PackRow | undefined {
    const row = this.#prepared(`SELECT ${PACK_COLUMNS} FROM packs WHERE part = ?`).get(part)
    return row && readRow(packRow, row)
  }

  /** Read in pages, so that nobody holds a statement open while the index changes. */
  *packRows(): Iterable<PackRow> {
    let after = 0
    for (;;) {
      const rows = this.#prepared(`SELECT ${PACK_COLUMNS} FROM packs WHERE n > ? ORDER BY n LIMIT 500`).all(after)
      if (rows.length === 0) return
      for (const row of rows) {
        const parsed = readRow(packRow, row)
        after = parsed.n
        yield parsed
      }
    }
  }

  *packs(): Iterable<PackInfo> {
    for (const row of this.packRows()) yield packInfo(row)
  }

  /** Packs whose table the index does not hold yet. */
  unindexedPacks(): PackRow[] {
    const rows = this.#prepared(`SELECT ${PACK_COLUMNS} FROM packs WHERE indexed = 0 ORDER BY n`).all()
    return rows.map((row) => readRow(packRow, row))
  }

  /** Data packs whose index part lies in no metadata pack: a crash came between the two. */
  packsWithoutPart(): PackRow[] {
    const rows = this.#prepared(
      `SELECT ${PACK_COLUMNS} FROM packs
       WHERE part IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.id = packs.part) ORDER BY n`,
    ).all()
    return rows.map((row) => readRow(packRow, row))
  }

  /** Whether a data pack that the log names is not here. */
  hasDistantData(): boolean {
    return this.#prepared("SELECT 1 FROM packs WHERE class = 'data' AND local = 0 LIMIT 1").get() !== undefined
  }

  setLocal(id: PackId, local: boolean): void {
    this.#groups.clear()
    this.#run('UPDATE packs SET local = ?, damaged = 0 WHERE id = ?', Number(local), fromHex(id))
  }

  setDamaged(id: PackId, damaged: boolean): void {
    this.#groups.clear()
    this.#run('UPDATE packs SET damaged = ? WHERE id = ?', Number(damaged), fromHex(id))
  }

  setReleased(id: PackId, released: boolean): void {
    this.#groups.clear()
    this.#run('UPDATE packs SET released = ? WHERE id = ?', Number(released), fromHex(id))
  }

  setDropped(id: PackId): void {
    this.#run('UPDATE packs SET dropped = 1 WHERE id = ?', fromHex(id))
  }

  addTable(id: PackId, table: PackTable): void {
    const pack = this.pack(id)
    assert(pack, 'a table is added after its pack')
    this.#groups.clear()
    const insertGroup = this.#prepared('INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?, ?, ?, ?)')
    const insertChunk = this.#prepared('INSERT OR IGNORE INTO chunks VALUES (?, ?, ?, ?, ?)')
    table.groups.forEach((group, position) => {
      const { offset, length, plainBytes, codec, chunks } = group
      insertGroup.run(pack.n, position, offset, length, plainBytes, codec, bindingOf(chunks))
      let at = 0
      for (const chunk of chunks) {
        insertChunk.run(chunk.id, pack.n, position, at, chunk.bytes)
        at += chunk.bytes
      }
    })
    this.#run('UPDATE packs SET indexed = 1 WHERE n = ?', pack.n)
  }

  /** The groups of all packs that hosts are not to forget, pack by pack in order. */
  *liveGroups(): Iterable<{ pack: PackId; binding: Uint8Array }> {
    const rows = this.#prepared(
      `SELECT packs.id, groups.binding FROM groups JOIN packs ON packs.n = groups.pack
       WHERE packs.released = 0 ORDER BY groups.pack, groups.position`,
    ).iterate()
    for (const { id, binding } of rows as Iterable<unknown> as Iterable<{ id: Uint8Array; binding: Uint8Array }>) {
      yield { pack: toHex(id), binding }
    }
  }

  // -------------------------------------------------------------------------------------------- chunks

  /** Whether deduplication may lean on the chunk: in a pack that is here, not known to be damaged, and not released. */
  hasChunk(id: Uint8Array): boolean {
    const sql = `SELECT 1 FROM chunks JOIN packs ON packs.n = chunks.pack
                 WHERE chunks.id = ? AND packs.local = 1 AND packs.damaged = 0 AND packs.released = 0 LIMIT 1`
    return this.#prepared(sql).get(id) !== undefined
  }

  /** The best place of a chunk. */
  place(id: Uint8Array, avoid?: ReadonlySet<PackId>): ChunkPlace | undefined {
    const rows = this.#chunkRows.all(id) as unknown as ChunkRow[]
    let best: { group: KnownGroup; offset: number; bytes: number } | undefined
    for (const [pack, position, offset, bytes] of rows) {
      const group = this.#group(pack, position)
      if (group === undefined || avoid?.has(group.place.pack)) continue
      if (best === undefined || isBetter(group, best.group)) best = { group, offset, bytes }
    }
    return best && { group: best.group.place, offset: best.offset, bytes: best.bytes }
  }

  /** Where hosts have it, whatever is here. */
  remotePlace(id: Uint8Array): ChunkPlace | undefined {
    for (const [pack, position, offset, bytes] of this.#chunkRows.all(id) as unknown as ChunkRow[]) {
      const group = this.#group(pack, position)
      if (group !== undefined && !group.released) return { group: group.place, offset, bytes }
    }
    return undefined
  }

  /**
   * The packs that count for a chunk on each side; `released`: one that hosts are to forget. Of several the newest
   * counts, and with it older ones until one `stands` on the hosts: what was packed anew replaces nothing before.
   */
  holdersOf(id: Uint8Array, stands: (pack: PackId) => boolean): Holders {
    const rows = this.#chunkRows.all(id) as unknown as ChunkRow[]
    const groups = rows.flatMap(([pack, position]) => this.#group(pack, position) ?? []).sort((a, b) => b.n - a.n)
    const live = groups.filter(({ released }) => !released)
    const here = ({ place, damaged }: KnownGroup) => place.packLocal && !damaged
    const local = live.find(here) ?? groups.find(here) ?? groups.find(({ place }) => place.packLocal)
    const idOf = (group: KnownGroup | undefined) => group?.place.pack ?? null
    const remote = [...new Set(live.map(({ place }) => place.pack))]
    const standing = remote.findIndex(stands)
    return {
      local: idOf(local),
      remote: standing === -1 ? remote : remote.slice(0, standing + 1),
      released: idOf(groups.find(({ released }) => released)),
    }
  }

  /** A pack that hosts are to forget and that is here, whole, with the chunk in it. */
  releasedWith(id: Uint8Array): PackRow | undefined {
    const sql = `SELECT packs.id FROM chunks JOIN packs ON packs.n = chunks.pack
                 WHERE chunks.id = ? AND packs.local = 1 AND packs.damaged = 0 AND packs.released = 1 LIMIT 1`
    const found = this.#prepared(sql).get(id)?.id
    return found instanceof Uint8Array ? this.pack(toHex(found)) : undefined
  }

  plainBytesOf({ n }: Pick<PackRow, 'n'>): number {
    return Number(this.#prepared('SELECT sum(plain_bytes) AS bytes FROM groups WHERE pack = ?').get(n)?.bytes ?? 0)
  }

  get #chunkRows(): StatementSync {
    const statement = this.#prepared('SELECT pack, position, offset, bytes FROM chunks WHERE id = ?')
    statement.setReturnArrays(true)
    return statement
  }

  #group(pack: number, position: number): KnownGroup | undefined {
    const key = pack * POSITIONS + position
    const known = this.#groups.get(key)
    if (known) return known
    const sql = `
      SELECT packs.n, packs.id, packs.class, packs.local, packs.damaged, packs.released, packs.generation, groups.position,
             groups.offset, groups.length, groups.plain_bytes, groups.codec, groups.binding
      FROM groups JOIN packs ON packs.n = groups.pack WHERE groups.pack = ? AND groups.position = ?`
    const row = this.#prepared(sql).get(pack, position) as unknown as GroupRow | undefined
    if (row === undefined) return undefined
    const found = { place: groupPlace(row), n: row.n, damaged: row.damaged === 1, released: row.released === 1 }
    if (this.#groups.size >= GROUPS_KEPT_MAX) this.#groups.clear()
    this.#groups.set(key, found)
    return found
  }

  clear(): void {
    this.#groups.clear()
    this.transaction(() => {
      for (const table of ['chunks', 'groups', 'packs', 'placements', 'snapshots', 'meta'])
        this.#run(`DELETE FROM ${table}`)
    })
  }

  counts(): { packs: number; chunks: number; snapshots: number } {
    const count = (table: string) => Number(this.#prepared(`SELECT count(*) AS n FROM ${table}`).get()?.n)
    return { packs: count('packs'), chunks: count('chunks'), snapshots: count('snapshots') }
  }

  // -------------------------------------------------------------------------------------------- records

  setPlacement(pack: PackId, record: Uint8Array): void {
    this.#run('INSERT OR REPLACE INTO placements (pack, record) VALUES (?, ?)', fromHex(pack), record)
  }

  placement(pack: PackId): Uint8Array | undefined {
    const value = this.#prepared('SELECT record FROM placements WHERE pack = ?').get(fromHex(pack))?.record
    return value instanceof Uint8Array ? value : undefined
  }

  addSnapshot(id: SnapshotId, record: Uint8Array): void {
    this.#run('INSERT OR IGNORE INTO snapshots (id, record) VALUES (?, ?)', fromHex(id), record)
  }

  expire(id: SnapshotId, side: Side): void {
    this.#run(`UPDATE snapshots SET ${side} = 0 WHERE id = ?`, fromHex(id))
  }

  hold(id: SnapshotId, reason: string | null): void {
    this.#run('UPDATE snapshots SET hold = ? WHERE id = ?', reason, fromHex(id))
  }

  /** Those that are kept on a side. */
  snapshots(): SnapshotRow[] {
    const rows = this.#prepared(
      'SELECT id, local, remote, hold FROM snapshots WHERE local = 1 OR remote = 1 ORDER BY n',
    ).all()
    return rows.map((row) => readRow(snapshotRow, row))
  }

  snapshotRecord(id: SnapshotId): Uint8Array | undefined {
    const value = this.#prepared('SELECT record FROM snapshots WHERE id = ?').get(fromHex(id))?.record
    return value instanceof Uint8Array ? value : undefined
  }

  /** Everything, in an order that does not depend on how it came in: two indexes of one vault compare equal. */
  dump(): unknown {
    const all = (sql: string) => this.#db.prepare(sql).all()
    return {
      end: this.end(),
      packs: all(
        'SELECT id, class, generation, bytes, table_bytes, part, at, local, damaged, indexed, released, dropped FROM packs ORDER BY id',
      ),
      groups: all('SELECT packs.id, groups.* FROM groups JOIN packs ON n = pack ORDER BY id, position').map(
        withoutPack,
      ),
      chunks: all(
        'SELECT packs.id AS p, chunks.* FROM chunks JOIN packs ON n = pack ORDER BY p, chunks.id, position, offset',
      ).map(withoutPack),
      placements: all('SELECT * FROM placements ORDER BY pack'),
      snapshots: all('SELECT * FROM snapshots ORDER BY n'),
    }
  }
}

function withoutPack(row: Record<string, unknown>): Record<string, unknown> {
  return { ...row, pack: null }
}

/** Whole packs before damaged ones, local before distant, those that hosts keep before others, old before new. */
function isBetter(a: KnownGroup, b: KnownGroup): boolean {
  if (a.damaged !== b.damaged) return b.damaged
  if (a.place.packLocal !== b.place.packLocal) return a.place.packLocal
  if (a.released !== b.released) return b.released
  return a.n < b.n
}
