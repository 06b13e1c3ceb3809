/** What the screens read, and how old it may be. */
import { queryOptions } from '@tanstack/react-query'
import type {
  AlarmAnswer,
  FirstAnswer,
  IntentAnswer,
  PasskeyAnswer,
  PeopleOfSources,
  Place,
  PracticeAnswer,
  RebuildAnswer,
  Restores,
  SessionAnswer,
  Setup,
  SheetAsked,
  TaskAnswer,
  TasksAnswer,
  User,
} from '#api/contract'
import type { OperationName, Operations } from '#box'
import { ask, look } from './ask.ts'

const SOON_MS = 10_000
const LATER_MS = 60_000

interface List<Item> {
  readonly items: readonly Item[]
}

const route = <Answer>(path: string, refetchInterval: number | false = false) =>
  queryOptions({ queryKey: [path], queryFn: () => ask<Answer>('GET', path), refetchInterval })

const operation = <Name extends OperationName>(
  name: Name,
  args: Operations[Name][0],
  refetchInterval: number | false = LATER_MS,
) => queryOptions({ queryKey: [name, args], queryFn: () => look(name, args), refetchInterval })

export const setup = route<Setup>('setup')
export const session = route<SessionAnswer>('session')
export const tasks = route<List<TaskAnswer>>('tasks', LATER_MS)
export type TaskKind = 'all' | 'running' | 'failed'

const TASKS_A_PAGE = 50

/** `before`: the last task of the page before. */
export const tasksPage = (of: TaskKind, before: string | null) => {
  const asked = new URLSearchParams({ of, count: String(TASKS_A_PAGE), ...(before !== null && { before }) })
  return queryOptions({
    queryKey: ['tasks pages', of, before],
    queryFn: () => ask<TasksAnswer>('GET', `tasks?${asked}`),
  })
}

export const alarms = route<List<AlarmAnswer>>('alarms', SOON_MS)
export const people = route<List<User>>('people')
export const peopleOfSources = route<PeopleOfSources>('sources/people')
export const intents = route<List<IntentAnswer>>('intents', LATER_MS)
export const sessions = route<List<Place>>('sessions')
export const passkeys = route<List<PasskeyAnswer>>('account/passkeys')
export const restores = route<Restores>('restores')
export const account = route<User>('account')
export const first = route<FirstAnswer>('first')
/** Nobody answers for some seconds while the box goes and comes. */
export const rebuilding = queryOptions({ ...route<RebuildAnswer>('first/rebuild'), retry: false })
export const practice = route<PracticeAnswer>('first/practice')
export const sheet = route<SheetAsked>('recovery-sheet/asked')
export const state = operation('state.show', {}, SOON_MS)
export const peers = operation('peer.list', {}, SOON_MS)
export const community = operation('community.show', {})
export const without = (boxes: readonly string[]) => operation('community.without', { without: boxes }, SOON_MS)
export const hosting = operation('hosting.show', {})
export const sources = operation('source.list', {})
export const policies = operation('policy.list', {})
export const drills = operation('drill.list', {})

/** What a task may have changed. */
export const AFTER_A_TASK = [
  'state.show',
  'source.list',
  'snapshot.list',
  'hosting.show',
  'drill.list',
  'community.show',
  'community.without',
  'policy.list',
  'alarms',
  'restores',
]
