/** A console over accounts in memory and a box that says what it was asked. */
import { Passkeys, People, RecoverySheet, SecondFactor, Sessions, Setup, SignIn, Tokens } from '#accounts'
import { DatisError, silentLog } from '#base'
import { type SimClock, simClock, simRandom } from '#base/sim'
import type { BoxClient } from '#box'
import { Alarms, Intents, Tasks } from '#service'
import { openSettings, type Role } from '#settings'
import type { ApiDeps } from './deps.ts'
import { buildApi } from './server.ts'

export const PASSWORD = 'correct horse battery'
export const HOST = '192.168.1.5:8080'
const ORIGIN = `http://${HOST}`

export interface Ask {
  readonly method?: string
  readonly url: string
  readonly body?: unknown
  readonly cookie?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly from?: string
}

export async function consoleFor(seed: string, changes: Partial<ApiDeps> = {}) {
  const clock: SimClock = simClock({ startWallMs: 1_780_000_000_000 })
  const random = simRandom(`api ${seed}`)
  const settings = await openSettings(':memory:')
  const accounts = { settings, clock: clock.machine(), random, boxName: 'town hall' }
  const asked: { name: string; args: unknown }[] = []
  const answers = new Map<string, unknown>()
  const call = (async (name: string, args: unknown) => {
    asked.push({ name, args })
    const answer = answers.get(name)
    if (answer instanceof Error) throw answer
    return answer ?? (name === 'source.list' ? { items: [] } : { asked: name })
  }) as BoxClient['call']
  const people = new People(accounts)
  const sessions = new Sessions(accounts)
  const passkeys = new Passkeys(accounts)
  const service = { settings, clock: clock.machine(), random, log: silentLog, box: changes.box ?? { call } }
  const recoverySheet = new RecoverySheet(accounts)
  const tasks = await Tasks.open(service)
  const api = await buildApi({
    box: { call },
    openSnapshot: async () => {
      throw new DatisError('SNAPSHOT_UNKNOWN', 'There is none.')
    },
    settings,
    people,
    sessions,
    passkeys,
    signIn: new SignIn(accounts, sessions, passkeys),
    setup: new Setup(accounts, people),
    factor: new SecondFactor(accounts),
    tokens: new Tokens(accounts),
    tasks,
    intents: new Intents({ ...service, tasks }),
    alarms: new Alarms(service),
    recoverySheet,
    firstStart: null,
    clock: clock.machine(),
    random,
    log: silentLog,
    version: '1.2.3',
    boxName: 'mairie',
    zone: 'Europe/Paris',
    hostNames: ['datis.local'],
    tls: null,
    lanOnly: true,
    ...changes,
  })
  const ask = async ({ method = 'GET', url, body, cookie, headers = {}, from = '192.168.1.20' }: Ask) => {
    const response = await api.inject({
      method: method as 'GET',
      url,
      remoteAddress: from,
      headers: {
        host: HOST,
        ...(method === 'GET' ? {} : { origin: ORIGIN }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const json = response.body.startsWith('{') ? response.json() : null
    return {
      status: response.statusCode,
      json,
      headers: response.headers,
      cookies: response.cookies,
      text: response.body,
    }
  }
  /** Cookies of somebody who has just signed in. */
  const signedIn = async (name: string, from = '192.168.1.20'): Promise<string> => {
    const { cookies } = await ask({ method: 'POST', url: '/api/session', body: { name, password: PASSWORD }, from })
    return cookies.map((one) => `${one.name}=${one.value}`).join('; ')
  }
  const person = async (role: Role) => await people.add('box', { name: `a ${role}`, role, password: PASSWORD })
  return {
    api,
    ask,
    asked,
    answers,
    signedIn,
    person,
    people,
    sessions,
    tasks,
    recoverySheet,
    clock,
    settings,
    setup: new Setup(accounts, people),
  }
}
