/** What a first start offers to whom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base'
import { simRandom } from '#base/sim'
import { wordsFromEntropy } from '#box'
import type { FirstStart, NewBox, PracticeState, RebuildArguments, RebuildState } from './first-start.ts'
import { buildRebuildApi } from './rebuild-server.ts'
import { sheetPdf } from './sheet-pdf.ts'
import { consoleFor, HOST } from './test-api.ts'

const ENTROPY = Uint8Array.from({ length: 32 }, (_, index) => (index * 53) % 256)
const WORDS = wordsFromEntropy(ENTROPY, 'fr').join(' ')
const NEW_BOX: NewBox = {
  entropy: ENTROPY,
  box: '3f'.repeat(16),
  organisation: '9b'.repeat(32),
  name: 'mairie',
  zone: 'Europe/Paris',
  made: 1_780_000_000_000,
}
const NONE: RebuildState = { state: 'none', progress: null, result: null, error: null }

class Beginning implements FirstStart {
  newBox: NewBox | null = NEW_BOX
  rebuilding = NONE
  readonly asked: RebuildArguments[] = []
  played: PracticeState = { state: 'none', progress: null, url: null, error: null }
  readonly practice = {
    state: () => this.played,
    setupCode: async () => 'CODE',
    start: () => {
      this.played = { state: 'ready', progress: null, url: 'http://127.0.0.1:9', error: null }
    },
    end: () => {
      this.played = { state: 'ending', progress: null, url: null, error: null }
    },
  }

  forget(): void {
    this.newBox = null
  }

  watcher = ''
  isWatcher(token: string | undefined): boolean {
    return token === this.watcher
  }

  rebuild(args: RebuildArguments, watcher: string): void {
    this.asked.push(args)
    this.watcher = watcher
    this.rebuilding = { ...NONE, state: 'running', progress: { phase: 'stop' } }
  }
}

/** A box that is in no community, and saves what a test says. */
function boxWith(sources: readonly object[]) {
  return {
    call: (async (name: string) => {
      if (name === 'source.list') return { items: sources }
      throw Object.assign(new Error('none'), { code: 'NOT_FOUNDED' })
    }) as never,
  }
}

async function begun(seed: string, sources: readonly object[] = []) {
  const first = new Beginning()
  const made = await consoleFor(`first ${seed}`, { firstStart: first, box: boxWith(sources) })
  await made.recoverySheet.draw(ENTROPY)
  const send = async (method: string, url: string, body: unknown, cookie?: string) =>
    await made.ask({ method, url: `/api/${url}`, body, cookie })
  return { first, send, ...made }
}

test('the words are for administrators who gave their password a moment ago, until three of them came back', async () => {
  const { first, send, ask, person, signedIn, clock } = await begun('sheet')
  for (const role of ['administrator', 'operator', 'reader'] as const) await person(role)
  const operator = await signedIn('a operator', '192.168.1.31')
  assert.equal((await ask({ url: '/api/recovery-sheet', cookie: operator })).json.error.code, 'RIGHT_MISSING')
  const cookie = await signedIn('a administrator')
  const { json } = await ask({ url: '/api/recovery-sheet?lang=fr', cookie })
  assert.deepEqual([json.words.join(' '), json.organisation.id, json.community], [WORDS, NEW_BOX.organisation, null])
  const pdf = await ask({ url: '/api/recovery-sheet/pdf?lang=en', cookie })
  assert.deepEqual([pdf.headers['content-type'], pdf.text.slice(0, 5)], ['application/pdf', '%PDF-'])
  await clock.runFor(6 * 60_000)
  for (const path of ['', '/pdf']) {
    assert.equal((await ask({ url: `/api/recovery-sheet${path}`, cookie })).json?.error.code, 'STEP_UP_NEEDED')
  }
  const { positions, confirmed, hasWords } = (await ask({ url: '/api/recovery-sheet/asked', cookie: operator })).json
  assert.deepEqual([positions.length, confirmed, hasWords], [3, false, true])
  const words = Object.fromEntries(positions.map((one: number) => [one, WORDS.split(' ')[one - 1]]))
  const path = 'recovery-sheet/confirm'
  assert.equal((await send('POST', path, { words }, operator)).json.error.code, 'RIGHT_MISSING')
  assert.equal((await send('POST', path, { words: {} }, cookie)).json.error.code, 'SHEET_WRONG')
  assert.ok(first.newBox)
  await clock.runFor(2000)
  assert.equal((await send('POST', path, { words }, cookie)).status, 204)
  assert.equal(first.newBox, null)
  const again = await signedIn('a administrator', '192.168.1.33')
  const gone = await ask({ url: '/api/recovery-sheet', cookie: again })
  assert.deepEqual([gone.status, gone.json.error.code], [410, 'SHEET_GONE'])
  const after = (await ask({ url: '/api/recovery-sheet/asked', cookie: operator })).json
  assert.deepEqual([after.confirmed, after.hasWords], [true, false])
})

test('a box is rebuilt for who has the setup code, and only while nothing would be lost', async () => {
  const { first, send, ask, setup, people } = await begun('rebuild')
  const { code } = await setup.newCode()
  const body = { code, words: WORDS, peer: 'a.example.org:4600, b.example.org:4600' }
  assert.equal((await ask({ url: '/api/first' })).json.canRebuild, true)
  const refused = await send('POST', 'first/rebuild', { ...body, code: 'AAAA' })
  assert.equal(refused.json.error.code, 'SETUP_REFUSED')
  assert.equal(
    (await send('POST', 'first/rebuild', { ...body, before: 'yesterday' })).json.error.code,
    'REQUEST_INVALID',
  )
  assert.equal((await send('POST', 'first/rebuild', { ...body, peer: ' , ' })).json.error.code, 'REQUEST_INVALID')
  const taken = await send('POST', 'first/rebuild', { ...body, before: '2026-11-01T00:00:00Z' })
  assert.deepEqual([taken.status, taken.json.progress], [202, { phase: 'stop' }])
  assert.match(String(taken.headers['set-cookie']), /^datis_rebuild=[0-9a-f]{32};.*HttpOnly; SameSite=Strict/)
  const peers = ['a.example.org:4600', 'b.example.org:4600']
  assert.deepEqual(first.asked, [{ words: WORDS, peers, before: '2026-11-01T00:00:00Z' }])
  await people.add('box', { name: 'Anne', role: 'administrator', password: 'correct horse battery' })
  assert.deepEqual((await send('POST', 'first/rebuild', body)).json.error.details, { use: 'account' })

  const saves = await begun('saves', [{ name: 'house' }])
  const known = (await saves.setup.newCode()).code
  assert.equal((await saves.ask({ url: '/api/first' })).json.canRebuild, false)
  const answer = await saves.send('POST', 'first/rebuild', { ...body, code: known })
  assert.deepEqual([answer.json.error.code, answer.json.error.details], ['FIRST_OVER', { use: 'source' }])
})

test('a box that was not begun by npm start offers none of it', async () => {
  const { ask, setup } = await consoleFor('elsewhere', { box: boxWith([]) })
  const { code } = await setup.newCode()
  assert.deepEqual((await ask({ url: '/api/first' })).json, { isFirst: true, canRebuild: false, canPractise: false })
  for (const [url, body] of [
    ['/api/first/rebuild', { code, words: WORDS, peer: 'a:1' }],
    ['/api/first/practice', { code }],
  ] as const) {
    assert.equal((await ask({ method: 'POST', url, body })).json.error.code, 'FIRST_ELSEWHERE')
  }
  assert.equal((await ask({ url: '/api/first/rebuild' })).json.state, 'none')
})

test('a practice community is for who has the setup code, then for administrators, and its own code is for them alone', async () => {
  const { send, ask, setup, person, signedIn } = await begun('practice')
  const { code } = await setup.newCode()
  const url = 'first/practice'
  assert.equal((await send('POST', url, {})).json.error.code, 'SESSION_NEEDED')
  assert.equal((await send('DELETE', url, { code: 'AAAA' })).json.error.code, 'SETUP_REFUSED')
  const ready = { state: 'ready', progress: null, url: 'http://127.0.0.1:9', error: null }
  const begunHere = await send('POST', url, { code })
  assert.deepEqual([begunHere.status, begunHere.json], [200, { ...ready, setupCode: 'CODE' }])
  assert.deepEqual((await ask({ url: `/api/${url}` })).json, ready)
  await person('operator')
  await person('administrator')
  assert.equal((await send('DELETE', url, {}, await signedIn('a operator'))).json.error.code, 'RIGHT_MISSING')
  const cookie = await signedIn('a administrator', '192.168.1.40')
  assert.deepEqual([(await send('DELETE', url, {}, cookie)).json.state], ['ending'])
})

test('while a box is rebuilt its console says so, and nothing else', async () => {
  const result = {
    ...{ box: 'b', newest: true, hasLater: false, answered: ['h'], hosts: ['h'], missing: [] },
    ...{ head: { number: 3, at: '2026-11-01T00:00:00Z' }, earlier: [] },
    members: [{ box: 'h', organisation: 'o', name: 'school', state: 'holds' as const }],
  }
  const beginning = new Beginning()
  const common = {
    random: simRandom('rebuilding'),
    version: '1',
    zone: 'Europe/Paris',
    hostNames: [],
    tls: null,
    lanOnly: true,
    log: silentLog,
  }
  const api = await buildRebuildApi({ ...common, firstStart: beginning })
  beginning.watcher = 'began it'
  const ask = async (url: string, host = HOST, cookie = 'datis_rebuild=began it') =>
    await api.inject({ url, remoteAddress: '192.168.1.20', headers: { host, cookie, 'accept-language': 'en' } })
  assert.equal((await ask('/api/health')).json().status, 'rebuilding')
  for (const url of ['/api/session', '/api/setup', '/metrics']) {
    const { statusCode, body } = await ask(url)
    assert.deepEqual([statusCode, JSON.parse(body).error.code], [503, 'BOX_REBUILDING'], url)
  }
  assert.equal((await ask('/api/health', 'evil.example.org')).json().error.code, 'HOST_REFUSED')
  beginning.rebuilding = {
    ...NONE,
    state: 'running',
    progress: { phase: 'recover', bytesDone: 5, bytesTotal: 9, members: result.members },
  }
  assert.deepEqual((await ask('/api/first/rebuild')).json(), { ...beginning.rebuilding, zone: 'Europe/Paris' })
  beginning.rebuilding = { ...NONE, state: 'done', result }
  assert.deepEqual((await ask('/api/first/rebuild')).json().result, result)
  for (const cookie of ['', 'datis_rebuild=somebody']) {
    const unnamed = { ...result, members: [{ ...result.members[0], name: '' }] }
    assert.deepEqual((await ask('/api/first/rebuild', HOST, cookie)).json().result, unnamed)
  }
  beginning.rebuilding = { ...NONE, state: 'failed', error: new Error('what is inside') }
  const { error } = (await ask('/api/first/rebuild')).json()
  assert.deepEqual([error.code, error.details], ['UNEXPECTED', {}])
  assert.ok(error.happened && error.follows && error.todo)
})

test('the sheet is one page, whatever people are called, and however many there are', async () => {
  const contact = {
    name: 'É'.repeat(100),
    address: `${'a'.repeat(60)}.example.org:65535`,
    fingerprint: 'ab'.repeat(32),
  }
  for (const language of ['fr', 'en'] as const) {
    for (const [name, contacts] of [
      ['mairie', []],
      ['Łódź Αθήνα Москва 日本 \u{1f480}'.repeat(3), [contact, contact, contact]],
    ] as const) {
      const pdf = await sheetPdf({
        ...{ words: wordsFromEntropy(ENTROPY, language), language, contacts: [...contacts], zone: 'Europe/Paris' },
        ...{ box: { id: NEW_BOX.box, name }, organisation: { id: NEW_BOX.organisation, name }, made: NEW_BOX.made },
        community: contacts.length === 0 ? null : 'cd'.repeat(32),
      })
      assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1, `${language} ${name}`)
    }
  }
})
