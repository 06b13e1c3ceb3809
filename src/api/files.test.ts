import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatisError, pathToText } from '#base'
import type { EntryResult, OpenSnapshot, SavedEntry } from '#box'
import { consoleFor } from './test-api.ts'

const LEFT_MS_MAX = 10_000

type Kind = EntryResult['kind']

function thing(path: string, kind: Kind, content: string | DatisError = '', target?: string): SavedEntry {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : 10
  const rest = { uid: 0, gid: 0, modified: '2026-03-10T14:05:00Z', ...(target !== undefined && { target }) }
  return {
    entry: { path, pathBytes: '', kind, bytes, mode: kind === 'folder' ? '0755' : '0640', ...rest },
    async *read() {
      if (typeof content !== 'string') throw content
      for (const letter of content) yield Buffer.from(letter)
    },
  }
}

const GONE = new DatisError('STRIPE_UNREACHABLE', 'Nobody gives it.')
const THINGS = [
  thing('accounts', 'folder'),
  thing('accounts/é 2026.txt', 'file', 'in euros'),
  thing('accounts/empty', 'file'),
  thing('accounts/link', 'symlink', '', '../elsewhere'),
  thing('accounts/lost', 'file', GONE),
  thing('..\\up', 'file', 'no way up'),
  thing('C: budget.txt', 'file', 'no drive'),
]

const openSnapshot: OpenSnapshot = async (id, _signal, use) =>
  use({
    id,
    source: 'papers',
    async entry(path) {
      const found = THINGS.find(({ entry }) => entry.path === pathToText(path))
      if (found === undefined) throw new DatisError('PATH_UNKNOWN', 'Nothing is there.', { path: pathToText(path) })
      return found
    },
    async *below() {
      yield* THINGS
    },
  })

async function signedIn(seed: string) {
  const town = await consoleFor(seed, { openSnapshot })
  const { name } = await town.person('operator')
  return { ...town, cookie: await town.signedIn(name) }
}

test('a file is sent under its name, and the audit log says who took it', async () => {
  const { ask, cookie, settings } = await signedIn('file')
  const url = `/api/snapshots/latest/file?path=${encodeURIComponent('accounts/é 2026.txt')}`
  const { status, text, headers } = await ask({ url, cookie })
  assert.deepEqual([status, text, headers['content-length']], [200, 'in euros', '8'])
  assert.equal(headers['content-disposition'], `attachment; filename="__2026.txt"; filename*=UTF-8''%C3%A9%202026.txt`)
  const exact = Buffer.from('accounts/é 2026.txt').toString('base64url')
  assert.equal((await ask({ url: `/api/snapshots/latest/file?pathBytes=${exact}`, cookie })).text, 'in euros')
  const taken = await settings.selectFrom('audit').select('details').where('action', '=', 'files.taken').execute()
  assert.deepEqual(
    taken.map(({ details }) => JSON.parse(details).path),
    ['accounts/é 2026.txt', 'accounts/é 2026.txt'],
  )
})

test('many files taken at once are one chain of deeds', async () => {
  const { ask, cookie } = await signedIn('at once')
  const url = `/api/snapshots/latest/file?path=${encodeURIComponent('accounts/é 2026.txt')}`
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask({ url, cookie })))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
})

test('who goes away before the first byte leaves no snapshot open', async (t) => {
  let open = 0
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const slow: OpenSnapshot = async (id, signal, use) => {
    open++
    asked.resolve()
    // As peers may take their time.
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    try {
      return await openSnapshot(id, signal, use)
    } finally {
      open--
      left.resolve()
    }
  }
  const { api, signedIn: enter, person } = await consoleFor('gone', { openSnapshot: slow })
  const cookie = await enter((await person('operator')).name)
  t.after(() => api.close())
  const address = new URL(await api.listen({ port: 0, host: '127.0.0.1' }))
  const leaving = new AbortController()
  const answer = fetch(`${address}api/snapshots/latest/file?path=accounts%2Fempty`, {
    headers: { cookie },
    signal: leaving.signal,
  })
  await asked.promise
  leaving.abort()
  await assert.rejects(answer)
  await Promise.race([left.promise, sleep(LEFT_MS_MAX)])
  assert.equal(open, 0)
})

test('what is no file, is not there or cannot be read is an error before anything is sent', async () => {
  const { ask, cookie, person, signedIn: enter } = await signedIn('errors')
  for (const [path, code, status] of [
    ['accounts', 'PATH_NO_FILE', 409],
    ['none', 'PATH_UNKNOWN', 404],
    ['accounts/lost', 'STRIPE_UNREACHABLE', 409],
  ] as const) {
    const answer = await ask({ url: `/api/snapshots/latest/file?path=${path}`, cookie })
    assert.deepEqual([answer.status, answer.json.error.code], [status, code])
  }
  const reader = await enter((await person('reader')).name)
  for (const what of ['file', 'zip']) {
    const url = `/api/snapshots/latest/${what}?path=accounts`
    assert.equal((await ask({ url })).status, 401)
    assert.equal((await ask({ url, cookie: reader })).status, 403)
  }
})

test('a folder is one zip file, with a list of what is missing and no way out of it', async (t) => {
  const { api, cookie } = await signedIn('zip')
  const folder = mkdtempSync(join(tmpdir(), 'datis-zip-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { rawPayload } = await api.inject({
    url: '/api/snapshots/latest/zip?path=accounts',
    remoteAddress: '192.168.1.20',
    headers: { host: '192.168.1.5:8080', cookie },
  })
  writeFileSync(join(folder, 'taken.zip'), rawPayload)
  execFileSync('unzip', ['-q', 'taken.zip'], { cwd: folder, env: { ...process.env, LANG: 'C.UTF-8' } })
  assert.deepEqual(
    readdirSync(folder).sort(),
    ['.._up', 'C_ budget.txt', 'DATIS-MISSING.txt', 'accounts', 'taken.zip'].sort(),
  )
  assert.equal(readFileSync(join(folder, 'accounts/é 2026.txt'), 'utf8'), 'in euros')
  assert.equal(lstatSync(join(folder, 'accounts/é 2026.txt')).mode & 0o777, 0o640)
  assert.ok(lstatSync(join(folder, 'accounts/link')).isSymbolicLink())
  assert.equal(readFileSync(join(folder, 'DATIS-MISSING.txt'), 'utf8'), 'accounts/lost: STRIPE_UNREACHABLE\n')
})

test('a download is asked for, then fetched by the browser alone, and by nobody else', async () => {
  const { ask, cookie, person, signedIn: enter, clock, settings } = await signedIn('link')
  const path = 'accounts/é 2026.txt'
  const wanted = { snapshot: 'latest', paths: [{ path }], how: 'file' }
  const { status, json } = await ask({ method: 'POST', url: '/api/downloads', body: wanted, cookie })
  assert.equal(status, 201)
  const noted = () => settings.selectFrom('audit').select('n').where('action', '=', 'files.taken').execute()
  assert.equal((await noted()).length, 0)
  assert.equal((await ask({ url: json.url, cookie })).text, 'in euros')
  assert.equal((await noted()).length, 1)
  const other = await enter((await person('administrator')).name, '192.168.1.21')
  const refused = async (as: string | undefined) => (await ask({ url: json.url, cookie: as })).json.error.code
  assert.equal(await refused(other), 'DOWNLOAD_UNKNOWN')
  assert.equal(await refused(undefined), 'SESSION_NEEDED')
  await clock.runFor(61_000)
  assert.equal(await refused(cookie), 'DOWNLOAD_UNKNOWN')
})

test('what cannot be given is refused to the page that asks', async () => {
  const { ask, cookie } = await signedIn('refused')
  const code = async (how: string, ...paths: string[]) => {
    const body = { snapshot: 'latest', paths: paths.map((path) => ({ path })), how }
    return (await ask({ method: 'POST', url: '/api/downloads', body, cookie })).json.error?.code
  }
  assert.equal(await code('file', 'none'), 'PATH_UNKNOWN')
  assert.equal(await code('file', 'accounts/lost'), 'STRIPE_UNREACHABLE')
  assert.equal(await code('file', 'accounts'), 'PATH_NO_FILE')
  assert.equal(await code('file', 'accounts/empty', 'accounts/link'), 'REQUEST_INVALID')
  assert.equal(await code('zip', 'accounts', 'none'), 'PATH_UNKNOWN')
  assert.equal(await code('zip', ...Array.from({ length: 101 }, (_, at) => `file ${at}`)), 'PATHS_TOO_MANY')
})

test('several chosen things are one zip, each by its name', async (t) => {
  const { ask, api, cookie, settings } = await signedIn('several')
  const folder = mkdtempSync(join(tmpdir(), 'datis-zip-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const paths = ['accounts/é 2026.txt', 'accounts/empty', 'accounts/lost'].map((path) => ({ path }))
  const body = { snapshot: 'latest', paths, how: 'zip' }
  const { json } = await ask({ method: 'POST', url: '/api/downloads', body, cookie })
  const { rawPayload, headers } = await api.inject({
    url: json.url,
    remoteAddress: '192.168.1.20',
    headers: { host: '192.168.1.5:8080', cookie },
  })
  assert.match(String(headers['content-disposition']), /filename="accounts.zip"/)
  writeFileSync(join(folder, 'taken.zip'), rawPayload)
  execFileSync('unzip', ['-q', 'taken.zip'], { cwd: folder, env: { ...process.env, LANG: 'C.UTF-8' } })
  assert.deepEqual(readdirSync(folder).sort(), ['DATIS-MISSING.txt', 'empty', 'taken.zip', 'é 2026.txt'])
  assert.equal(readFileSync(join(folder, 'é 2026.txt'), 'utf8'), 'in euros')
  const taken = await settings.selectFrom('audit').select('n').where('action', '=', 'files.taken').execute()
  assert.equal(taken.length, 3)
  const apart = { ...body, paths: [{ path: 'accounts/empty' }, { path: 'C: budget.txt' }] }
  const { url } = (await ask({ method: 'POST', url: '/api/downloads', body: apart, cookie })).json
  assert.match((await ask({ url, cookie })).text, /accounts\/empty/)
})
