import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { RIGHTS } from '#accounts'
import { OPERATIONS } from './operations.ts'
import { savedConsole } from './test-real-box.ts'

const SEEN = { user: ['hers'], operator: ['hers', 'others'] }

const LATEST = { id: 'latest', paths: [{ path: 'letters' }] }
const ARGUMENTS: Readonly<Record<string, unknown>> = {
  'community.without': { without: [] },
  'snapshot.show': { id: 'latest', path: '' },
  'snapshot.find': { text: 'x' },
  'snapshot.versions': { source: 'hers', path: 'letters' },
  'snapshot.whence': LATEST,
  'files.return': { ...LATEST, mode: 'beside' },
}

type Town = Awaited<ReturnType<typeof savedConsole>>

function asking({ ask }: Town, cookie: string) {
  const operation = async (name: string, body: unknown = {}) =>
    await ask({ method: 'POST', url: `/api/operations/${name}`, cookie, body })
  const get = async (url: string) => await ask({ url, cookie })
  return { operation, get }
}

test('a user sees her sources and nothing of others, everybody else all of them', async (t) => {
  const town = await savedConsole(t, 'sources')
  await town.person('operator')
  for (const role of ['user', 'operator'] as const) {
    const { operation } = asking(town, await town.signedIn(`a ${role}`, `192.168.1.${SEEN[role].length + 40}`))
    const namesOf = async (name: string, list: string, key: string, body: unknown = {}) => {
      const { json } = await operation(name, body)
      return [...new Set((json[list] as Record<string, string>[]).map((one) => one[key]))].sort()
    }
    assert.deepEqual(await namesOf('source.list', 'items', 'name'), SEEN[role])
    assert.deepEqual(await namesOf('state.show', 'sources', 'source'), SEEN[role])
    assert.deepEqual(await namesOf('policy.list', 'sources', 'source'), SEEN[role])
    assert.deepEqual(await namesOf('snapshot.list', 'items', 'source'), SEEN[role])
    assert.deepEqual(await namesOf('snapshot.find', 'items', 'source', { text: 'txt' }), SEEN[role])
    assert.deepEqual(await namesOf('snapshot.find', 'items', 'source', { text: 'txt', all: true }), SEEN[role])
    const users = (await operation('policy.list')).json.items.flatMap((one: { local: string[] }) => one.local)
    assert.deepEqual([...new Set(users)].sort(), SEEN[role])
  }
})

test('what is not hers is answered as what is not there: by id, by a prefix, by latest, by its exact bytes', async (t) => {
  const town = await savedConsole(t, 'guesses')
  const { operation, get } = asking(town, await town.signedIn('a user'))
  const { hers, others } = town.ids
  const path = 'letters/others.txt'
  const pathBytes = Buffer.from(path).toString('base64')
  const inUrl = Buffer.from(path).toString('base64url')
  const none = 'f'.repeat(32)
  const coded = ({ status, json }: { status: number; json: { error?: { code: string } } | null }) => [
    status,
    json?.error?.code,
  ]
  for (const id of [others, others.slice(0, 12), none]) {
    const refused = [404, 'SNAPSHOT_UNKNOWN']
    assert.deepEqual(coded(await operation('snapshot.show', { id, path: '' })), refused)
    assert.deepEqual(coded(await operation('snapshot.show', { id, path: '', pathBytes })), refused)
    assert.deepEqual(coded(await operation('snapshot.find', { id, text: 'txt' })), refused)
    assert.deepEqual(coded(await operation('snapshot.whence', { id, paths: [{ path }] })), refused)
    assert.deepEqual(coded(await operation('snapshot.versions', { source: 'hers', path: '', id })), refused)
    assert.deepEqual(coded(await operation('files.return', { id, paths: [{ path }], mode: 'beside' })), refused)
    assert.deepEqual(
      coded(await operation('files.return', { id, paths: [{ path: '', pathBytes }], mode: 'beside' })),
      refused,
    )
    for (const what of ['file', 'zip', 'preview']) {
      assert.deepEqual(coded(await get(`/api/snapshots/${id}/${what}?path=${path}`)), refused, what)
      assert.deepEqual(coded(await get(`/api/snapshots/${id}/${what}?pathBytes=${inUrl}`)), refused, what)
    }
  }
  const unknown = await operation('snapshot.show', { id: none, path: '' })
  const foreign = await operation('snapshot.show', { id: others, path: '' })
  assert.equal(foreign.text, unknown.text.replaceAll(none, others), 'no word tells them apart')
  for (const source of ['others', 'nobody']) {
    const refused = [404, 'SOURCE_UNKNOWN']
    assert.deepEqual(coded(await operation('snapshot.list', { source })), refused)
    assert.deepEqual(coded(await operation('snapshot.find', { text: 'txt', source })), refused)
    assert.deepEqual(coded(await operation('snapshot.versions', { source, path })), refused)
  }
  // One character of hers and of another's is enough for her, since the other's is not there.
  const shown = await operation('snapshot.show', { id: 'latest', path: 'letters' })
  assert.equal(shown.json.items[0].path, 'hers.txt')
  assert.equal((await get('/api/snapshots/latest/file?path=letters/hers.txt')).text, 'hers secret')
  const own = hers.slice(0, 1)
  assert.equal((await get(`/api/snapshots/${own}/file?path=letters/hers.txt`)).text, 'hers secret')
  assert.deepEqual(coded(await operation('snapshot.show', { id: hers, path: '', within: ['others'] })), [
    400,
    'REQUEST_INVALID',
  ])
})

test('whose a source is an administrator says; who loses it sees it no more, who is nobody’s sees nothing', async (t) => {
  const town = await savedConsole(t, 'people')
  await town.person('administrator')
  const cookie = await town.signedIn('a administrator', '192.168.1.50')
  const put = async (name: string, people: string[]) =>
    await town.ask({ method: 'PUT', url: `/api/sources/${name}/people`, cookie, body: { people } })
  const { operation } = asking(town, await town.signedIn('a user'))
  const seen = async () => (await operation('source.list')).json.items.map(({ name }: { name: string }) => name)
  assert.deepEqual((await put('others', [town.user.id])).json, { people: [town.user.id] })
  assert.deepEqual(await seen(), ['hers', 'others'])
  assert.equal((await put('hers', [])).status, 200)
  assert.deepEqual(await seen(), ['others'])
  assert.deepEqual((await town.ask({ url: '/api/sources/others/people', cookie })).json, { people: [town.user.id] })
  assert.equal((await put('none', [])).json.error.code, 'SOURCE_UNKNOWN')
  assert.equal((await put('others', ['nobody'])).json.error.code, 'USER_UNKNOWN')
  await put('others', [])
  assert.deepEqual(await seen(), [])
  assert.deepEqual((await operation('snapshot.list')).json, { items: [], more: null })
  assert.equal((await operation('snapshot.show', { id: 'latest', path: '' })).json.error.code, 'SNAPSHOT_UNKNOWN')
})

test('of tasks, alarms and intents a user sees her own', async (t) => {
  const town = await savedConsole(t, 'tasks')
  const { operation, get } = asking(town, await town.signedIn('a user'))
  const foreign = await town.tasks.start('snapshot.take', { sources: ['others'] }, 'somebody')
  await town.tasks.ended(foreign.id)
  const begun = await operation('files.return', {
    id: 'latest',
    paths: [{ path: 'letters/hers.txt' }],
    mode: 'beside',
  })
  assert.equal(begun.status, 202)
  const own = await town.tasks.ended(begun.json.task)
  assert.equal(own.state, 'done', JSON.stringify(own.error))
  const ids = (await get('/api/tasks')).json.items.map(({ id }: { id: string }) => id)
  assert.deepEqual(ids, [own.id])
  assert.equal((await get(`/api/tasks/${own.id}`)).status, 200)
  assert.equal((await get(`/api/tasks/${foreign.id}`)).json.error.code, 'TASK_UNKNOWN')
  const cookie = await town.signedIn('a user')
  const stop = async (id: string) => await town.ask({ method: 'DELETE', url: `/api/tasks/${id}`, cookie })
  assert.equal((await stop(foreign.id)).json.error.code, 'TASK_UNKNOWN')
  assert.deepEqual((await stop(own.id)).json, { cancelled: false })
  for (const about of ['hers', 'others', '']) {
    await town.settings.insertInto('alarms').values({ kind: 'late', about, since: 1, told: null }).execute()
  }
  assert.deepEqual(
    (await get('/api/alarms')).json.items.map(({ about }: { about: string }) => about),
    ['hers'],
  )
})

test('whatever the web offers to a user is known to be of sources, of a snapshot, or of no source', async (t) => {
  const town = await savedConsole(t, 'all')
  const { operation } = asking(town, await town.signedIn('a user'))
  for (const [name, offered] of Object.entries(OPERATIONS)) {
    if (offered === null || !(RIGHTS[offered.right].roles as readonly string[]).includes('user')) continue
    const { json } = await operation(name, ARGUMENTS[name] ?? {})
    assert.ok(!['RIGHT_MISSING', 'REQUEST_INVALID'].includes(json?.error?.code), name)
  }
})

test('put back beside keeps both, over asks for the password again, and both are in the list of what was given back', async (t) => {
  const town = await savedConsole(t, 'return')
  const cookie = await town.signedIn('a user')
  const { operation, get } = asking(town, cookie)
  const back = async (mode: string, path = 'letters/hers.txt') => {
    const begun = await operation('files.return', { id: 'latest', paths: [{ path }], mode })
    return begun.status === 202 ? await town.tasks.ended(begun.json.task) : begun.json.error.code
  }
  writeFileSync(town.place('hers', 'letters', 'hers.txt'), 'changed since')
  assert.equal((await back('beside')).state, 'done')
  const names = readdirSync(town.place('hers', 'letters')).sort()
  assert.equal(names.length, 2)
  assert.match(names[0] ?? '', /^hers \(\d{4}-\d\d-\d\d \d\d h \d\d\)\.txt$/)
  assert.equal(readFileSync(town.place('hers', 'letters', 'hers.txt'), 'utf8'), 'changed since')
  assert.equal((await back('over')).state, 'done')
  assert.equal(readFileSync(town.place('hers', 'letters', 'hers.txt'), 'utf8'), 'hers secret')
  await town.clock.runFor(6 * 60_000)
  assert.equal(await back('over'), 'STEP_UP_NEEDED')
  const { items } = (await get('/api/restores')).json
  assert.deepEqual(
    items.map(({ how, name, path, snapshot }: Record<string, string>) => [how, name, path, snapshot]),
    ['over', 'beside'].map((how) => [how, 'a user', 'letters/hers.txt', town.ids.hers]),
  )
  assert.ok(!JSON.stringify(items).includes('latest'))
})
