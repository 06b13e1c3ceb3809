/**
 * The box's own settings: people, sessions, what they did. One SQLite file behind one query builder, so that another
 * database could serve many boxes one day. docs/formats/settings.md
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect, sql, type Transaction } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { DatisError } from '#base'
import { MIGRATIONS } from './migrations.ts'
import type { Tables } from './tables.ts'

export type Settings = Kysely<Tables>
export type SettingsTransaction = Transaction<Tables>

const BUSY_MS = 5000

/** Durable at each commit; whoever backs it up copies it by SQL, never the file. */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
`

/** Brought to the newest form. SETTINGS_NEWER for a file of a later version, SETTINGS_DAMAGED for one that does not read. */
export async function openSettings(path: string): Promise<Settings> {
  const settings = new Kysely<Tables>({ dialect: new SqliteDialect({ database: async () => adapted(path) }) })
  try {
    await migrate(settings)
    return settings
  } catch (error) {
    await settings.destroy()
    if (error instanceof DatisError) throw error
    throw new DatisError('SETTINGS_DAMAGED', 'The settings cannot be read.', { path }, { cause: error })
  }
}

async function migrate(db: Settings): Promise<void> {
  const unknown = (await appliedTo(db)).filter((name) => !Object.hasOwn(MIGRATIONS, name))
  if (unknown.length > 0) {
    throw new DatisError('SETTINGS_NEWER', 'The settings are of a later version.', { version: unknown.join() })
  }
  const provider = { getMigrations: async () => MIGRATIONS }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
}

async function appliedTo(db: Settings): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return []
  const { rows } = await sql<{ name: string }>`SELECT name FROM ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db)
  return rows.map(({ name }) => name)
}

/** Node's own SQLite in the form that the dialect asks for. */
function adapted(path: string): SqliteDatabase {
  // A command on the box may write while the box runs.
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    db.exec(PRAGMAS)
  } catch (error) {
    db.close()
    throw error
  }
  return {
    close: () => db.close(),
    prepare: (sql) => {
      const statement = db.prepare(sql)
      const values = (given: readonly unknown[]) => given as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (given) => statement.all(...values(given)),
        iterate: (given) => statement.iterate(...values(given)),
        run: (given) => statement.run(...values(given)),
      }
    },
  }
}
