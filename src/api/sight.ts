/**
 * What of a box somebody sees: all of it, or, who may only restore, what concerns the sources that are hers. The one
 * place where that is decided; what is not hers is answered as if it were not there.
 */
import { type Session, sourcesOf } from '#accounts'
import { DatisError } from '#base'
import type { BoxClient, OpenSnapshot, OperationContext, OperationName, Operations } from '#box'
import type { Alarm, Intent, Task } from '#service'
import type { ApiDeps } from './deps.ts'

export interface Sight extends Pick<BoxClient, 'call'> {
  readonly openSnapshot: OpenSnapshot
  /** The arguments with which an operation is asked for her: a snapshot is named in full. */
  argsFor<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<Operations[Name][0]>
  /** Whose tasks she sees; null: everybody's. */
  readonly tasksOf: string | null
  seesTask(task: Pick<Task, 'actor'>): boolean
  seesAlarm(alarm: Pick<Alarm, 'about'>): boolean
  seesIntent(intent: Pick<Intent, 'proposer'>): boolean
}

/** Answered with what lies in her sources alone. */
const OF_SOURCES: ReadonlySet<OperationName> = new Set([
  'community.without',
  'drill.list',
  'policy.list',
  'snapshot.find',
  'snapshot.list',
  'snapshot.versions',
  'source.list',
  'state.show',
])
/** Of one snapshot: `id`. */
const OF_SNAPSHOT: ReadonlySet<OperationName> = new Set([
  'files.return',
  'snapshot.find',
  'snapshot.show',
  'snapshot.versions',
  'snapshot.whence',
])
/** Of the box and its community: nothing in them is of a source. */
const OF_NOBODY: ReadonlySet<OperationName> = new Set([
  'brake.show',
  'community.pending',
  'community.show',
  'contacts.show',
  'hosting.show',
  'keys.show',
  'limits.show',
  'mail.show',
  'peer.list',
  'release.list',
])

type Deps = Pick<ApiDeps, 'box' | 'openSnapshot' | 'settings'>

export async function sightOf(deps: Deps, { user, role }: Session): Promise<Sight> {
  if (role !== 'user') return allOf(deps)
  return ofSources(deps, user, await sourcesOf(deps.settings, user))
}

function allOf({ box, openSnapshot }: Deps): Sight {
  return {
    call: (name, args, context) => box.call(name, args, context),
    openSnapshot,
    argsFor: async (name, args) => (name === 'files.return' ? await inFull(openSnapshot, args) : args),
    tasksOf: null,
    seesTask: () => true,
    seesAlarm: () => true,
    seesIntent: () => true,
  }
}

function ofSources({ box, openSnapshot }: Deps, user: string, within: readonly string[]): Sight {
  const open: OpenSnapshot = (id, signal, use) =>
    openSnapshot(
      id,
      signal,
      async (snapshot) => {
        if (!within.includes(snapshot.source)) throw new DatisError('SNAPSHOT_UNKNOWN', 'There is none.', { id })
        return await use(snapshot)
      },
      within,
    )
  const argsFor: Sight['argsFor'] = async (name, args) => {
    checkKnown(name)
    const full = OF_SNAPSHOT.has(name) ? await inFull(open, args) : args
    return { ...full, ...(OF_SOURCES.has(name) && { within }) }
  }
  return {
    call: async (name, args, context: OperationContext) => await box.call(name, await argsFor(name, args), context),
    openSnapshot: open,
    argsFor,
    tasksOf: user,
    seesTask: ({ actor }) => actor === user,
    seesAlarm: ({ about }) => within.includes(about),
    seesIntent: ({ proposer }) => proposer === user,
  }
}

function checkKnown(name: OperationName): void {
  if (OF_SOURCES.has(name) || OF_SNAPSHOT.has(name) || OF_NOBODY.has(name)) return
  throw new DatisError('RIGHT_MISSING', 'This account may not do that.', { right: name, role: 'user' })
}

/** With the whole id of the snapshot, if they name one. SNAPSHOT_UNKNOWN, SNAPSHOT_AMBIGUOUS */
async function inFull<Args extends object>(open: OpenSnapshot, args: Args): Promise<Args> {
  if (!('id' in args) || typeof args.id !== 'string') return args
  const id = await open(args.id, new AbortController().signal, async (snapshot) => snapshot.id)
  return { ...args, id }
}
