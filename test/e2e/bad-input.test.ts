/** What no page and no program of ours would send, over a real socket to a real box: refused by name, without a stack. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Browser, freePort, readyAppliance } from './appliance.ts'
import { Town } from './town.ts'

const ANSWER_MS_MAX = 60_000
const SECRET = 'what lies beside the source'
const JSON_TYPE = 'Content-Type: application/json\r\n'
const host = (): string => `Host: ${place.host}\r\n`
const place = { port: 0, host: '', cookie: '' }

interface Answer {
  readonly status: number
  readonly code: string
  readonly text: string
}

/** All that comes back until the box closes; `drip`: a byte more every second. */
function sent(request: string | Buffer, { drip = false } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(place.port, '127.0.0.1')
    const parts: Buffer[] = []
    const dripping = drip ? setInterval(() => void socket.write('x'), 1000) : undefined
    const late = setTimeout(
      () => reject(new Error(`no answer in time to ${request.toString().slice(0, 60)}`)),
      ANSWER_MS_MAX,
    )
    socket.on('data', (part: Buffer) => void parts.push(part))
    // A box that closes while something is still being sent resets the connection.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearInterval(dripping)
      clearTimeout(late)
      resolve(parsed(Buffer.concat(parts).toString()))
    })
    socket.write(request)
  })
}

function parsed(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const body = /\{.*\}/s.exec(rest.join('\r\n\r\n'))?.[0] ?? '{}'
  const { error } = JSON.parse(body) as { error?: { code?: string } }
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), code: error?.code ?? '', text }
}

/** With a session, from the box's own page. */
const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\n${host()}Cookie: ${place.cookie}\r\n${more}Connection: close\r\n\r\n`
const post = (path: string, body: string, more = JSON_TYPE): string =>
  `POST ${path} HTTP/1.1\r\n${host()}Cookie: ${place.cookie}\r\nOrigin: http://${place.host}\r\n${more}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
const take = (body: unknown): string => post('/api/operations/snapshot.take', JSON.stringify(body))
const file = (path: string): string => get(`/api/snapshots/latest/file?path=${path}`)
const deep = (levels: number): string => `{"sources":${'['.repeat(levels)}${']'.repeat(levels)}}`

const CASES: readonly (readonly [what: string, request: () => string | Buffer, status: number, code: string])[] = [
  ['a body that is announced too long', () => post('/api/session', 'x'.repeat(1_100_000)), 413, 'BODY_TOO_LARGE'],
  [
    'a body that turns out too long',
    () =>
      `POST /api/session HTTP/1.1\r\n${host()}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n110000\r\n${'x'.repeat(0x110000)}\r\n0\r\n\r\n`,
    413,
    'BODY_TOO_LARGE',
  ],
  ['JSON that is too deep', () => post('/api/operations/snapshot.take', deep(40)), 400, 'BODY_TOO_DEEP'],
  ['JSON that is deep without end', () => post('/api/session', '['.repeat(500_000)), 400, 'BODY_TOO_DEEP'],
  ['half of a message', () => post('/api/session', '{"name":'), 400, 'BODY_INVALID'],
  ['no message', () => post('/api/session', ''), 400, 'BODY_INVALID'],
  ['a number for a list', () => take({ sources: 5 }), 400, 'REQUEST_INVALID'],
  ['a list in a list', () => take({ sources: [['a']] }), 400, 'REQUEST_INVALID'],
  ['nothing at all', () => take(null), 400, 'REQUEST_INVALID'],
  ['an unknown field', () => take({ sources: [], more: 1 }), 400, 'REQUEST_INVALID'],
  ['a prototype', () => post('/api/operations/disperse', '{"waitMs":1,"__proto__":{"x":1}}'), 400, 'REQUEST_INVALID'],
  ['a number without end', () => post('/api/operations/disperse', '{"waitMs":1e999}'), 400, 'REQUEST_INVALID'],
  ['a negative number', () => post('/api/operations/disperse', '{"waitMs":-1}'), 400, 'REQUEST_INVALID'],
  [
    'a form',
    () => post('/api/session', 'name=x', 'Content-Type: application/x-www-form-urlencoded\r\n'),
    415,
    'MEDIA_TYPE_REFUSED',
  ],
  [
    'text that could be sent by any page',
    () => post('/api/session', '{}', 'Content-Type: text/plain\r\n'),
    415,
    'MEDIA_TYPE_REFUSED',
  ],
  ['no type', () => post('/api/session', '{}', ''), 415, 'MEDIA_TYPE_REFUSED'],
  ['a header without end', () => get('/api/health', `X-Long: ${'x'.repeat(20_000)}\r\n`), 431, 'HEADERS_TOO_LARGE'],
  ['headers without end', () => get('/api/health', 'X: 1\r\n'.repeat(5000)), 431, 'HEADERS_TOO_LARGE'],
  ['the beginning of TLS', () => Buffer.from('160301020001000001fc0303', 'hex'), 400, 'REQUEST_INVALID'],
  ['no HTTP', () => 'hello\r\n\r\n', 400, 'REQUEST_INVALID'],
  ['a method that is none', () => `GRAB / HTTP/1.1\r\n${host()}\r\n`, 400, 'REQUEST_INVALID'],
  ['two lengths', () => post('/api/session', '{}', `${JSON_TYPE}Content-Length: 9\r\n`), 400, 'REQUEST_INVALID'],
  [
    'a length and pieces',
    () => post('/api/session', '0\r\n\r\n', `${JSON_TYPE}Transfer-Encoding: chunked\r\n`),
    400,
    'REQUEST_INVALID',
  ],
  ['no name', () => 'GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'HOST_REFUSED'],
  [
    'a name of somebody else (DNS rebinding)',
    () => 'GET /api/tasks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    403,
    'HOST_REFUSED',
  ],
  [
    'a name of somebody else, and no address',
    () => 'GET /%zz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    403,
    'HOST_REFUSED',
  ],
  [
    'a page of somebody else (CSRF)',
    () => take({ sources: [] }).replace(/Origin: \S+/, 'Origin: http://evil.example'),
    403,
    'ORIGIN_REFUSED',
  ],
  [
    'a page without an origin of its own',
    () => take({ sources: [] }).replace(/Origin: \S+/, 'Origin: null'),
    403,
    'ORIGIN_REFUSED',
  ],
  [
    'a page of somebody else that asks first',
    () =>
      `OPTIONS /api/session HTTP/1.1\r\n${host()}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
    404,
    'PAGE_UNKNOWN',
  ],
  ['an unknown route', () => get('/api/nothing'), 404, 'PAGE_UNKNOWN'],
  ['an unknown operation', () => post('/api/operations/box.erase', '{}'), 404, 'PAGE_UNKNOWN'],
  ['an operation of the box alone', () => post('/api/operations/restore', '{}'), 404, 'PAGE_UNKNOWN'],
  ['what every object has', () => post('/api/operations/constructor', '{}'), 404, 'PAGE_UNKNOWN'],
  ['another method', () => get('/api/health').replace('GET', 'TRACE'), 404, 'PAGE_UNKNOWN'],
  ['a file of the system', () => get('/../../../../etc/passwd'), 404, 'PAGE_UNKNOWN'],
  ['a file of the system, written otherwise', () => get('/%2e%2e/%2e%2e/etc/passwd'), 404, 'PAGE_UNKNOWN'],
  ['an address that is none', () => get('/api/tasks/%zz'), 400, 'REQUEST_INVALID'],
  ['bytes that are no UTF-8', () => get('/%c0%af'), 400, 'REQUEST_INVALID'],
  ['an id without end', () => get(`/api/tasks/${'x'.repeat(300)}`), 400, 'REQUEST_INVALID'],
  ['a download above the source', () => file('../secret'), 404, 'PATH_UNKNOWN'],
  ['a download of the system', () => file('/etc/passwd'), 404, 'PATH_UNKNOWN'],
  ['a download around the source', () => file('letters/../../secret'), 404, 'PATH_UNKNOWN'],
  ['a download above the source, written otherwise', () => file('%2e%2e%2fsecret'), 404, 'PATH_UNKNOWN'],
  ['a download with a null byte', () => file('letters%00/../../secret'), 404, 'PATH_UNKNOWN'],
  [
    'a download by bytes',
    () => get(`/api/snapshots/latest/file?pathBytes=${Buffer.from('../secret').toString('base64url')}`),
    404,
    'PATH_UNKNOWN',
  ],
  ['a zip of what is above', () => get('/api/snapshots/latest/zip?path=..'), 404, 'PATH_UNKNOWN'],
  ['a snapshot of somewhere else', () => get('/api/snapshots/..%2f..%2fvault/file?path=a'), 404, 'SNAPSHOT_UNKNOWN'],
  ['two paths', () => get('/api/snapshots/latest/file?path=a&path=b'), 400, 'REQUEST_INVALID'],
  ['a forged session', () => get('/api/tasks').replace(place.cookie, 'datis_session=%zz'), 401, 'SESSION_NEEDED'],
  [
    'a forged token',
    () => `GET /api/tasks HTTP/1.1\r\n${host()}Authorization: Bearer ${'x'.repeat(5000)}\r\nConnection: close\r\n\r\n`,
    401,
    'SESSION_NEEDED',
  ],
]

test('what is no good request is refused by its name, over a real socket', { timeout: 240_000 }, async (t) => {
  const town = new Town(t)
  const box = await town.box('anna')
  const source = town.path('source')
  mkdirSync(join(source, 'letters'), { recursive: true })
  writeFileSync(town.path('secret'), SECRET)
  writeFileSync(join(source, 'letters/one.txt'), 'dear all')
  await town.ok(['source', 'add', 'house', source, '--data', box.data])
  await town.ok(['snapshot', 'take', '--data', box.data])
  place.port = await freePort()
  place.host = `127.0.0.1:${place.port}`
  const { child, ready } = await readyAppliance(town, box.data, place.port, ['--manual'])
  let log = ''
  child.stderr?.on('data', (text: string) => {
    log += text
  })
  const browser = new Browser(place.port)
  await browser.begin('Anne', ready.setupCode)
  place.cookie = browser.cookies
  assert.equal((await browser.take('snapshots/latest/file?path=letters/one.txt')).toString(), 'dear all')

  const slow = [
    sent(`GET /api/health HTTP/1.1\r\n${host()}X: `, { drip: true }),
    sent(`POST /api/session HTTP/1.1\r\n${host()}${JSON_TYPE}Content-Length: 5000\r\n\r\n{"name":"`, { drip: true }),
  ]
  for (const [what, request, status, code] of CASES) {
    await t.test(what, async () => {
      const answer = await sent(request())
      assert.deepEqual([answer.status, answer.code], [status, code], answer.text.slice(0, 600))
      assert.doesNotMatch(answer.text, /\bat .*\.ts:\d|node_modules|node:internal|root:x:0/)
      assert.ok(!answer.text.includes(SECRET))
      assert.match(answer.text, /content-security-policy: default-src 'none'/i)
    })
  }
  await t.test('a byte a second (slow loris)', async () => {
    for (const { status, code, text } of await Promise.all(slow))
      assert.deepEqual([status, code], [408, 'REQUEST_SLOW'], text)
  })
  await t.test('who goes away in the middle of a message', async () => {
    const socket = connect(place.port, '127.0.0.1')
    socket.write(`POST /api/session HTTP/1.1\r\n${host()}${JSON_TYPE}Content-Length: 5000\r\n\r\n{`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    socket.resetAndDestroy()
    assert.equal((await browser.ask('GET', 'health')).status, 200)
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.ok(!log.includes('api.failed'), log)
  })
  assert.equal((await browser.ask('GET', 'session')).json.name, 'Anne', 'the box is as well as before')
  child.kill('SIGTERM')
})
