import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, pathToText } from '#base'
import type { OpenSnapshot } from '#box'
import { consoleFor } from './test-api.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex')
const WEBP = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4, 1), Buffer.from('WEBPVP8 ')])
const ACCENTS = 'é'.repeat(200_000)

const FILES: Readonly<Record<string, Buffer>> = {
  'notes.txt': Buffer.from('Chère Anne,\r\n\tbonjour'),
  'page.html': Buffer.from('<script>alert(1)</script>'),
  'draw.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  'picture.html': PNG,
  'photo.exe': Buffer.from('ffd8ffe000', 'hex'),
  'moving.txt': Buffer.from('GIF89a....'),
  web: WEBP,
  'paper.txt': Buffer.from('%PDF-1.7\n'),
  long: Buffer.from(ACCENTS),
  'binary.txt': Buffer.from([0x41, 0, 0x42]),
  'latin1.txt': Buffer.from('Un caf\xe9, s\x92il vous pla\xeet', 'latin1'),
  'unicode.reg': Buffer.from('\ufeffÉté 😀\r\n', 'utf16le'),
  motorola: Buffer.from('\ufeffÉté', 'utf16le').swap16(),
  'half.txt': Buffer.from('fffe00d8', 'hex'),
  'greek.txt': Buffer.from('\xea\xe1\xeb\xe7\xec\xdd\xf1\xe1', 'latin1'),
  Makefile: Buffer.from('all:\n\tdo it\n'),
  'data.json': Buffer.from('{"a": 1}'),
  'run.log': Buffer.from('\x1b[31mred\x1b[0m\n'),
  'late.txt': Buffer.concat([Buffer.from('x'.repeat(1000)), Buffer.of(0)]),
  'sound.wav': Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4, 1), Buffer.from('WAVE')]),
}
const LARGE: Readonly<Record<string, number>> = { 'picture.html': 20 * 2 ** 20 + 1, 'paper.txt': 50 * 2 ** 20 + 1 }

async function town(seed: string, sizes: Readonly<Record<string, number>> = {}) {
  const openSnapshot: OpenSnapshot = async (id, _signal, use) =>
    use({
      id,
      source: 'papers',
      async entry(path) {
        const name = pathToText(path)
        const content = FILES[name]
        if (content === undefined) throw new DatisError('PATH_UNKNOWN', 'Nothing is there.', { path: name })
        const bytes = sizes[name] ?? content.byteLength
        const rest = { mode: '0644', uid: 0, gid: 0, modified: '2026-03-10T14:05:00Z' }
        return {
          entry: { path: name, pathBytes: '', kind: 'file', bytes, ...rest },
          async *read() {
            for (let from = 0; from < content.byteLength; from += 1001) yield content.subarray(from, from + 1001)
          },
        }
      },
      async *below() {
        yield* []
      },
    })
  const whole = await consoleFor(seed, { openSnapshot })
  const cookie = await whole.signedIn((await whole.person('operator')).name)
  const look = (path: string) =>
    whole.ask({ url: `/api/snapshots/latest/preview?path=${encodeURIComponent(path)}`, cookie })
  return { ...whole, look }
}

test('what a file is its first bytes say, and nothing in it runs', async () => {
  const { look } = await town('kinds')
  for (const [name, type] of [
    ['notes.txt', 'text/plain; charset=utf-8'],
    ['page.html', 'text/plain; charset=utf-8'],
    ['draw.svg', 'text/plain; charset=utf-8'],
    ['Makefile', 'text/plain; charset=utf-8'],
    ['data.json', 'text/plain; charset=utf-8'],
    ['run.log', 'text/plain; charset=utf-8'],
    ['picture.html', 'image/png'],
    ['photo.exe', 'image/jpeg'],
    ['moving.txt', 'image/gif'],
    ['web', 'image/webp'],
    ['paper.txt', 'application/pdf'],
  ] as const) {
    const { status, headers } = await look(name)
    assert.deepEqual([status, headers['content-type']], [200, type], name)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-disposition']), /^inline; filename=/)
    assert.equal(headers['content-length'], String(FILES[name]?.byteLength))
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'.*frame-ancestors 'self'/, name)
    assert.ok(policy.startsWith('sandbox;'), name)
    assert.doesNotMatch(policy, /script-src|unsafe|allow-/)
  }
})

test('a long text is cut between two characters, and the answer says so', async () => {
  const { look } = await town('long')
  const { text, headers } = await look('long')
  assert.equal(headers['x-datis-cut'], String(Buffer.byteLength(text)))
  assert.ok(ACCENTS.startsWith(text) && Buffer.byteLength(text) === 256 * 1024)
  assert.equal((await look('notes.txt')).headers['x-datis-cut'], undefined)
})

test('texts of Windows machines are read as they were written', async () => {
  const { look } = await town('windows')
  for (const [name, shown, encoding] of [
    ['latin1.txt', 'Un café, s’il vous plaît', 'Windows-1252'],
    ['unicode.reg', 'Été 😀\r\n', 'UTF-16'],
    ['motorola', 'Été', 'UTF-16'],
    ['notes.txt', 'Chère Anne,\r\n\tbonjour', undefined],
  ] as const) {
    const { text, headers } = await look(name)
    assert.deepEqual([text, headers['x-datis-encoding']], [shown, encoding], name)
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
    assert.equal(headers['x-datis-cut'], undefined)
  }
})

test('what no browser shows safely, or is too large, is refused by its name and noted nowhere', async () => {
  const { look, settings } = await town('refused', LARGE)
  for (const name of ['binary.txt', 'half.txt', 'greek.txt', 'late.txt', 'sound.wav', 'picture.html', 'paper.txt']) {
    const { status, json } = await look(name)
    assert.deepEqual([status, json?.error?.code], [415, 'PREVIEW_REFUSED'], name)
  }
  const taken = await settings.selectFrom('audit').select('n').where('action', '=', 'files.taken').execute()
  assert.deepEqual(taken, [])
  assert.equal((await look('web')).status, 200)
  const [noted] = await settings.selectFrom('audit').select('details').where('action', '=', 'files.taken').execute()
  assert.deepEqual(JSON.parse(noted?.details ?? ''), {
    snapshot: 'latest',
    source: 'papers',
    path: 'web',
    how: 'preview',
  })
})
