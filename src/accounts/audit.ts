/** Who did what, in a chain of hashes: what was changed or taken out afterwards shows. docs/formats/settings.md */
import { toHex, utf8 } from '#base'
import { sha256 } from '#crypto'
import type { Settings, SettingsTransaction } from '#settings'

const DETAIL_CHARS_MAX = 1000
const NONE = '0'.repeat(64)

export interface Deed {
  readonly at: number
  /** A user's id, or `box`. */
  readonly actor: string
  /** A stable name: `session.begun`, `user.made` … */
  readonly action: string
  readonly details: Readonly<Record<string, string | number | boolean | null>>
}

export interface AuditEntry extends Deed {
  readonly n: number
  /** Of who did it; null: the account is gone, or it was none. */
  readonly name: string | null
  readonly hash: string
}

type Row = { n: number; at: number; actor: string; action: string; details: string; previous: string; hash: string }

/** In the transaction of what it tells of, or in one of its own: of two at once each takes the other's place in the chain. */
export async function note(settings: SettingsTransaction, deed: Deed): Promise<void> {
  const last = await settings.selectFrom('audit').select(['n', 'hash']).orderBy('n', 'desc').limit(1).executeTakeFirst()
  const { at, actor, action } = deed
  const details = JSON.stringify(deed.details, (_key, value) => shortened(value))
  const row = { n: (last?.n ?? 0) + 1, at, actor, action, details, previous: last?.hash ?? NONE }
  await settings
    .insertInto('audit')
    .values({ ...row, hash: hashOf(row) })
    .execute()
}

/** A path may have thousands of characters. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > DETAIL_CHARS_MAX ? `${value.slice(0, DETAIL_CHARS_MAX)}…` : value
}

function hashOf({ n, at, actor, action, details, previous }: Omit<Row, 'hash'>): string {
  return toHex(sha256(utf8(JSON.stringify([n, at, actor, action, details, previous]))))
}

/** The number of the first entry that is not as it was written, or from which on one is missing; null: all is well. */
export async function firstBroken(settings: Settings): Promise<number | null> {
  let [previous, n] = [NONE, 0]
  for (;;) {
    const rows = await settings.selectFrom('audit').selectAll().where('n', '>', n).orderBy('n').limit(500).execute()
    if (rows.length === 0) return null
    for (const row of rows) {
      if (row.n !== n + 1 || row.previous !== previous || hashOf(row) !== row.hash) return n + 1
      previous = row.hash
      n = row.n
    }
    // A log of years takes seconds: others have their turn.
    await new Promise(setImmediate)
  }
}

/** The hash of the newest: another one when anything was done since. */
export async function newestHash(settings: Settings): Promise<string> {
  const last = await settings.selectFrom('audit').select('hash').orderBy('n', 'desc').limit(1).executeTakeFirst()
  return last?.hash ?? NONE
}

/** Newest first, before an entry's number. */
export async function deeds(settings: Settings, before: number, count: number): Promise<AuditEntry[]> {
  const rows = await settings
    .selectFrom('audit')
    .leftJoin('users', 'users.id', 'audit.actor')
    .selectAll('audit')
    .select('name')
    .where('n', '<', before)
    .orderBy('n', 'desc')
    .limit(count)
    .execute()
  return rows.map(({ n, at, actor, name, action, details, hash }) => ({
    n,
    at,
    actor,
    name,
    action,
    hash,
    details: JSON.parse(details) as Deed['details'],
  }))
}

/** How something saved was given back. */
export type GivenHow = 'file' | 'zip' | 'preview' | 'over' | 'beside'

export interface Given {
  readonly n: number
  readonly at: number
  readonly actor: string
  /** Null: the account is gone, or it was a token. */
  readonly name: string | null
  readonly how: GivenHow
  readonly snapshot: string
  readonly path: string
}

/** What was given back, newest first, before an entry's number; `actor`: to one alone. */
export async function restores(
  settings: Settings,
  { before, count, actor }: { readonly before: number; readonly count: number; readonly actor: string | null },
): Promise<Given[]> {
  const rows = await settings
    .selectFrom('audit')
    .leftJoin('users', 'users.id', 'audit.actor')
    .select(['n', 'at', 'actor', 'name', 'details'])
    .where('action', 'in', ['files.taken', 'files.returned'])
    .where('n', '<', before)
    .$if(actor !== null, (query) => query.where('actor', '=', actor ?? ''))
    .orderBy('n', 'desc')
    .limit(count)
    .execute()
  return rows.map(({ details, ...row }) => {
    // Notes of earlier versions do not say how.
    const {
      how = 'file',
      snapshot,
      path,
    } = JSON.parse(details) as Pick<Given, 'snapshot' | 'path'> & { how?: GivenHow }
    return { ...row, how, snapshot, path }
  })
}
