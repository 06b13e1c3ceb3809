/**
 * What cannot be undone waits for a second administrator, or for three days in which everybody is told and any
 * administrator may stop it. docs/decisions/0014-two-people.md
 */
import { sql } from 'kysely'
import { checkSecondPerson, note } from '#accounts'
import { codeOf, DAY_MS, DatisError, MINUTE_MS, toHex } from '#base'
import type { OperationName, Operations } from '#box'
import { covers, parsePolicy } from '#retention'
import type { IntentState, Tables } from '#settings'
import type { Task, Tasks, TasksDeps } from './tasks.ts'

export const INTENT_WAIT_MS = 3 * DAY_MS
const LOOK_MS = MINUTE_MS
const ID_BYTES = 8
const WAITING_MAX = 100
const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

type Irreversible = 'policy.set' | 'snapshot.hold' | 'community.expel'

export interface Intent {
  readonly id: string
  readonly name: Irreversible
  readonly args: unknown
  readonly proposer: string
  readonly state: IntentState
  readonly created: number
  /** When it happens if nobody stops it. */
  readonly due: number
  /** Who approved or stopped it; `box`: the time was over. */
  readonly decider: string | null
  readonly decided: number | null
  readonly task: string | null
}

export interface IntentsDeps extends TasksDeps {
  readonly tasks: Tasks
}

export class Intents {
  readonly #deps: IntentsDeps
  /** Monotonic: up to then the time that is lived is counted. */
  #counted: number
  readonly #beginning = new Map<string, Promise<Task>>()

  constructor(deps: IntentsDeps) {
    this.#deps = deps
    this.#counted = Math.floor(deps.clock.monotonic())
  }

  get #now(): number {
    return Math.floor(this.#deps.clock.wall())
  }

  /** With what the name of a policy means now: another one may have it when the turn of the operation comes. */
  async settled<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<Operations[Name][0]> {
    if (name !== 'policy.set') return args
    const wanted: Operations['policy.set'][0] = { ...(args as Operations['policy.set'][0]) }
    const { items } = await this.#deps.box.call('policy.list', {}, CONTEXT)
    for (const side of ['local', 'remote'] as const) {
      const text = wanted[side]?.trim().toLowerCase()
      const named = items.find((one) => one.name !== '' && one.name.toLowerCase() === text)
      if (named !== undefined) Object.assign(wanted, { [side]: named.policy })
    }
    return wanted as Operations[Name][0]
  }

  /** Whether one person alone may do it, of what is settled. POLICY_INVALID … as the operation itself */
  async isIrreversible<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<boolean> {
    if (name === 'community.expel') return true
    if (name === 'snapshot.hold') return (args as Operations['snapshot.hold'][0]).reason === null
    return name === 'policy.set' && (await this.#shortens(args as Operations['policy.set'][0]))
  }

  async #shortens({ source, local, remote }: Operations['policy.set'][0]): Promise<boolean> {
    const { sources } = await this.#deps.box.call('policy.list', {}, CONTEXT)
    const now = sources.find((one) => one.source === source)
    if (now === undefined) return false
    const isLess = (wanted: string | undefined, present: string): boolean =>
      wanted !== undefined && !covers(parsePolicy(wanted), parsePolicy(present))
    return isLess(local, now.local.policy) || isLess(remote, now.remote.policy)
  }

  /** INTENT_TOO_MANY, INTENT_PERSON_NEEDED */
  async propose<Name extends OperationName>(name: Name, args: Operations[Name][0], proposer: string): Promise<Intent> {
    const { settings, random } = this.#deps
    await this.#countLived()
    const created = this.#now
    const row: Tables['intents'] = {
      id: toHex(random.bytes(ID_BYTES)),
      name,
      args: JSON.stringify(args),
      proposer,
      state: 'waiting',
      created,
      due: created + INTENT_WAIT_MS,
      looked: created,
      decider: null,
      decided: null,
      task: null,
    }
    await settings.transaction().execute(async (inner) => {
      const user = await inner.selectFrom('users').select('name').where('id', '=', proposer).executeTakeFirst()
      if (user === undefined) throw new DatisError('INTENT_PERSON_NEEDED', 'A token cannot ask for this.')
      const waiting = await inner.selectFrom('intents').select('id').where('state', '=', 'waiting').execute()
      if (waiting.length >= WAITING_MAX)
        throw new DatisError('INTENT_TOO_MANY', 'Too many of these wait.', { most: WAITING_MAX })
      await inner.insertInto('intents').values(row).execute()
      await note(inner, { at: created, actor: proposer, action: 'intent.made', details: { intent: row.id, name } })
    })
    await this.#tell(row)
    return intentOf(row)
  }

  /** By mail, to the contacts of the box: whoever has taken an administrator's account does not read them. */
  async #tell({ id, name, args, proposer, due }: Tables['intents']): Promise<void> {
    const { settings, box, log } = this.#deps
    const user = await settings.selectFrom('users').select('name').where('id', '=', proposer).executeTakeFirst()
    const by = user?.name ?? proposer
    try {
      await box.call(
        'notice.send',
        { intent: id, operation: name as Irreversible, about: aboutOf(args), by, due },
        CONTEXT,
      )
    } catch (error) {
      log.error('intent.untold', { intent: id, code: codeOf(error) })
    }
  }

  /** Newest first. */
  async list(): Promise<Intent[]> {
    const rows = await this.#deps.settings
      .selectFrom('intents')
      .selectAll()
      .orderBy('created', 'desc')
      .orderBy('id')
      .limit(WAITING_MAX)
      .execute()
    return rows.map(intentOf)
  }

  /** INTENT_UNKNOWN, INTENT_DECIDED, INTENT_SAME_PERSON, INTENT_NEW_PERSON */
  async approve(id: string, person: string): Promise<Task> {
    const { settings } = this.#deps
    const { proposer } = await this.#waiting(id)
    await checkSecondPerson(settings, { person, proposer, intent: id })
    return await this.#decide(id, person)
  }

  /** Any administrator may, the one who asked too. INTENT_UNKNOWN, INTENT_DECIDED */
  async cancel(id: string, person: string): Promise<void> {
    await this.#waiting(id)
    await this.#mark(id, 'cancelled', person)
  }

  async #waiting(id: string): Promise<Tables['intents']> {
    const row = await this.#deps.settings.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new DatisError('INTENT_UNKNOWN', 'Nothing of that name waits.', { intent: id })
    if (row.state !== 'waiting') throw decided(id)
    return row
  }

  async #decide(id: string, decider: string): Promise<Task> {
    await this.#mark(id, 'approved', decider)
    return await this.#run(id)
  }

  /** Once, whoever is first. */
  async #mark(id: string, state: 'approved' | 'cancelled', decider: string): Promise<void> {
    const { settings } = this.#deps
    const at = this.#now
    await settings.transaction().execute(async (inner) => {
      const { numUpdatedRows } = await inner
        .updateTable('intents')
        .set({ state, decider, decided: at })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw decided(id)
      await note(inner, { at, actor: decider, action: `intent.${state}`, details: { intent: id } })
    })
  }

  /** Once, although who approves and who looks for what is undone may come at one moment. */
  async #run(id: string): Promise<Task> {
    const begun = this.#beginning.get(id) ?? this.#begin(id).finally(() => this.#beginning.delete(id))
    this.#beginning.set(id, begun)
    return await begun
  }

  async #begin(id: string): Promise<Task> {
    const { settings, tasks } = this.#deps
    const row = await settings.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const known = row.task === null ? null : await tasks.get(row.task)
    if (known !== null && known.state !== 'interrupted') return known
    const { name, args } = intentOf(row)
    const task = await tasks.start(name, args as never, row.decider ?? 'box')
    await settings.updateTable('intents').set({ task: task.id }).where('id', '=', id).execute()
    return task
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => log.error('intent.failed', { code: codeOf(error), error }))
      await clock.sleep(LOOK_MS, signal).catch(() => undefined)
    }
  }

  /** What a clock is put ahead, or the box is off, is no time in which anybody can say no: it comes on top. */
  async #countLived(): Promise<void> {
    const [now, monotonic] = [this.#now, Math.floor(this.#deps.clock.monotonic())]
    const lived = monotonic - this.#counted
    this.#counted = monotonic
    await this.#deps.settings
      .updateTable('intents')
      .set({ due: sql`due + ${now} - looked - ${lived}`, looked: now })
      .where('state', '=', 'waiting')
      .execute()
  }

  /** What is due; and what was approved and not done when the box stopped. */
  async look(): Promise<void> {
    await this.#countLived()
    const { settings } = this.#deps
    const due = await settings
      .selectFrom('intents')
      .select('id')
      .where('state', '=', 'waiting')
      .where('due', '<=', this.#now)
      .execute()
    for (const { id } of due) await this.#decide(id, 'box')
    const undone = await settings
      .selectFrom('intents')
      .leftJoin('tasks', 'tasks.id', 'intents.task')
      .select('intents.id')
      .where('intents.state', '=', 'approved')
      .where((eb) => eb.or([eb('intents.task', 'is', null), eb('tasks.state', '=', 'interrupted')]))
      .execute()
    for (const { id } of undone) await this.#run(id)
  }
}

/** What it would be done to. */
function aboutOf(args: string): string {
  const { source, id, organisation } = JSON.parse(args) as Record<string, string | undefined>
  return source ?? id ?? organisation ?? ''
}

function decided(id: string): DatisError {
  return new DatisError('INTENT_DECIDED', 'It was approved or stopped already.', { intent: id })
}

function intentOf({ name, args, looked: _, ...rest }: Tables['intents']): Intent {
  return { ...rest, name: name as Irreversible, args: JSON.parse(args) }
}
