/** A copy that may be kept for years: people and deeds, nothing that is of this day alone. */
import { chmodSync, closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { Settings } from './database.ts'

/** Who restores it signs in anew, with words that are known to be good; tasks of a box that is gone are over. */
const OF_THE_DAY = ['sessions', 'devices', 'setup', 'tasks', 'recovery_sheet'] as const

/** Whole or not at all; the same settings give the same bytes. */
export async function copySettings(settings: Settings, path: string): Promise<void> {
  const fresh = `${path}.new`
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(fresh, { force: true })
  await sql`VACUUM INTO ${fresh}`.execute(settings)
  const copy = new DatabaseSync(fresh)
  try {
    for (const table of OF_THE_DAY) copy.exec(`DELETE FROM ${table}`)
    copy.exec('VACUUM')
  } finally {
    copy.close()
  }
  putInPlace(fresh, path)
}

/** As the settings of a box that has none. */
export function takeCopy(copy: string, path: string): void {
  const fresh = `${path}.new`
  copyFileSync(copy, fresh)
  putInPlace(fresh, path)
}

/** Its bytes are durable before they have the name. */
function putInPlace(fresh: string, path: string): void {
  chmodSync(fresh, 0o600)
  const file = openSync(fresh, 'r+')
  fsyncSync(file)
  closeSync(file)
  renameSync(fresh, path)
}
