/** A box as a service of its machine. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { realRandom } from '#base'
import { issueConsoleCertificate } from '#crypto'
import { Chance, writeFiles } from './material.ts'
import { type Box, Town } from './town.ts'

const DATIS = resolve(import.meta.dirname, '../../datis')

/** Runs a box until it is ready, with stderr in a file; what it wrote there. */
async function runOnce(t: TestContext, town: Town, box: Box, environment: (stderr: number) => NodeJS.ProcessEnv) {
  const path = town.path('stderr')
  const stderr = openSync(path, 'w')
  const child = spawn(DATIS, ['box', 'run', '--data', box.data, '--manual', '--json'], {
    stdio: ['ignore', 'pipe', stderr],
    env: { ...process.env, ...environment(stderr) },
  })
  t.after(() => child.kill('SIGKILL'))
  const [said] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  assert.match(String(said), /"ready":true/)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return readFileSync(path, 'utf8')
}

test('under systemd the operational log goes to the journal with its levels, elsewhere to files', async (t) => {
  const town = new Town(t)
  const box = await town.box('anna')
  const logs = join(box.data, 'logs')
  const journal = (stderr: number) => {
    const { dev, ino } = fstatSync(stderr)
    return { JOURNAL_STREAM: `${dev}:${ino}` }
  }
  assert.match(await runOnce(t, town, box, journal), /^<6>\{"at":"[^"]+","level":"info","event":"box\.ready".*\}$/m)
  assert.ok(!existsSync(logs))
  assert.equal(await runOnce(t, town, box, () => ({ JOURNAL_STREAM: '1:1' })), '')
  assert.match(town.logOf(box), /^\{"at":"[^"]+","level":"info","event":"box\.ready".*\}$/m)
})

test('a passphrase seals the keys: the box starts with it alone, and its words bring it back without', {
  timeout: 240_000,
}, async (t) => {
  const town = new Town(t)
  const { owner, hosts } = await town.founded(2)
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(new Chance(t), source, 100_000)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  const file = town.path('passphrase')
  writeFileSync(file, 'five words with no relation\n', { mode: 0o600 })
  const passphrase = ['box', 'passphrase']
  const data = ['--data', owner.data]
  assert.deepEqual(await town.ok([...passphrase, 'set', ...data, '--passphrase-file', file]), { keysSealed: true })
  assert.ok(!existsSync(join(owner.data, 'keys', 'box.seed')))
  assert.equal(await town.fails(1, 'box', 'run', ...data), 'PASSPHRASE_NEEDED')
  assert.equal(await town.fails(1, 'snapshot', 'list', ...data), 'PASSPHRASE_NEEDED')
  const wrong = town.path('wrong')
  writeFileSync(wrong, 'five words with some relation\n')
  assert.equal(await town.fails(1, 'box', 'run', ...data, '--passphrase-file', wrong), 'PASSPHRASE_WRONG')
  process.env.DATIS_PASSPHRASE_FILE = file
  t.after(() => delete process.env.DATIS_PASSPHRASE_FILE)
  await town.run(owner)
  delete process.env.DATIS_PASSPHRASE_FILE
  assert.deepEqual(await town.ok([...passphrase, 'show', ...data]), { keysSealed: true }, 'the running box is asked')
  const { id } = await town.take(owner)
  await town.whole(owner)
  for (const name of readdirSync(join(owner.data, 'logs'))) {
    assert.ok(!readFileSync(join(owner.data, 'logs', name)).includes('five words'))
  }
  await town.destroy(owner)
  const again = ['--data', town.path('again')]
  await town.ok(['recover', '--words', owner.words, '--peer', hosts[0]?.address ?? '', ...again])
  const target = town.path('target')
  await town.ok(['restore', id, target, ...again])
  execFileSync('diff', ['-r', source, target])
  assert.deepEqual(await town.ok([...passphrase, 'show', ...again]), { keysSealed: false })
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly fingerprint: string
}

/** As a browser asks that trusts this certificate alone, and nobody by another name. */
async function get(url: string, ca: string): Promise<Answer> {
  const request = httpsGet(url, { ca, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate()
  response.resume()
  await once(response, 'end')
  return { status: response.statusCode ?? 0, headers: response.headers, fingerprint: fingerprint256 }
}

interface Ready {
  readonly web: string
  readonly webFingerprint: string | null
}

async function consoleOf(t: TestContext, town: Town, box: Box, options: readonly string[]) {
  const { child } = town.start(['box', 'run', '--data', box.data, '--manual', ...options])
  t.after(() => child.kill('SIGKILL'))
  const [said] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [string]
  assert.match(said, /"ready":true/)
  const end = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { ready: JSON.parse(said.split('\n')[0] ?? '') as Ready, end }
}

test('the console answers with TLS wherever other machines reach it, unless it is told not to', {
  timeout: 240_000,
}, async (t) => {
  const town = new Town(t)
  const box = await town.box('anna')
  const port = await town.freePort()
  const all = ['--web', `0.0.0.0:${port}`]
  const loopback = ['--web', `127.0.0.1:${port}`]
  const first = await consoleOf(t, town, box, all)
  const file = join(box.data, 'console.pem')
  const pem = readFileSync(file, 'utf8')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  for (const name of ['127.0.0.1', 'localhost']) {
    const { status, headers, fingerprint } = await get(`https://${name}:${port}/api/health`, pem)
    assert.equal(status, 200, name)
    assert.equal(headers['strict-transport-security'], 'max-age=31536000')
    assert.equal(fingerprint, first.ready.webFingerprint)
  }
  await assert.rejects(fetch(`http://127.0.0.1:${port}/api/health`), 'nothing is said in clear')
  await first.end()
  const second = await consoleOf(t, town, box, [...loopback, '--web-tls'])
  assert.equal(second.ready.webFingerprint, first.ready.webFingerprint, 'it is kept')
  assert.match(second.ready.web, /^https:\/\/127\.0\.0\.1:/)
  await second.end()
  for (const options of [loopback, [...all, '--web-plain']]) {
    const plain = await consoleOf(t, town, box, options)
    assert.match(plain.ready.web, /^http:/)
    assert.equal(plain.ready.webFingerprint, null)
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/health`)).status, 200)
    await plain.end()
  }
  const own = town.path('own.pem')
  const hostNames = ['localhost']
  const claims = { name: 'ours', hostNames, addresses: [], from: Date.now() - 1000, until: Date.now() + 86_400_000 }
  const { certificate, key } = issueConsoleCertificate(claims, realRandom())
  writeFileSync(own, certificate + key)
  const theirs = await consoleOf(t, town, box, [...loopback, '--web-cert', own, '--web-key', own])
  const { status, fingerprint } = await get(`https://localhost:${port}/api/health`, certificate)
  assert.deepEqual([status, fingerprint], [200, theirs.ready.webFingerprint])
  assert.notEqual(fingerprint, first.ready.webFingerprint)
  await theirs.end()
  assert.equal(
    await town.fails(1, 'box', 'run', '--data', box.data, ...all, '--web-cert', file, '--web-key', own),
    'WEB_CERTIFICATE_INVALID',
  )
  assert.equal(await town.fails(2, 'box', 'run', '--data', box.data, ...all, '--web-cert', own), 'USAGE')
})

const NOBODY = '65534'
const CAPABILITY = '+dac_read_search'
const isRootWithSetpriv = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0

test('a box of a plain user saves what others own with CAP_DAC_READ_SEARCH alone', {
  skip: isRootWithSetpriv ? false : 'needs root, who gives rights away, and setpriv',
  timeout: 240_000,
}, async (t) => {
  const town = new Town(t)
  chmodSync(town.folder, 0o755)
  const box = await town.box('anna')
  const source = town.path('source')
  mkdirSync(join(source, 'private'), { recursive: true })
  const content = new Chance(t).bytes(100_000)
  writeFileSync(join(source, 'private', 'payroll'), content, { mode: 0o600 })
  chmodSync(join(source, 'private'), 0o700)
  await town.ok(['source', 'add', 'house', source, '--data', box.data])
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, box.data])
  const as = (capabilities: string[], ...args: string[]) => {
    const user = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs']
    const command = [...user, ...capabilities, DATIS, ...args, '--data', box.data, '--json']
    const { status, stdout, stderr } = spawnSync('setpriv', command, { encoding: 'utf8' })
    return { status, json: JSON.parse(stdout.trimEnd().split('\n').at(-1) || '{}'), stderr }
  }
  const plain = as(['--inh-caps', '-all', '--bounding-set', '-all'], 'snapshot', 'take')
  assert.equal(plain.status, 4, plain.stderr)
  assert.deepEqual(
    plain.json.snapshots[0].incomplete.map(({ cause }: { cause: string }) => cause),
    ['EACCES'],
  )
  const capabilities = ['--inh-caps', CAPABILITY, '--ambient-caps', CAPABILITY, '--bounding-set', `-all,${CAPABILITY}`]
  const taken = as(capabilities, 'snapshot', 'take')
  assert.equal(taken.status, 0, taken.stderr)
  const target = town.path('target')
  assert.equal(as(capabilities, 'restore', 'latest', target).status, 1, 'it writes nowhere')
  mkdirSync(target)
  execFileSync('chown', [NOBODY, target])
  const restored = as(capabilities, 'restore', 'latest', target)
  assert.equal(restored.json.files, 1, restored.stderr)
  assert.ok(readFileSync(join(target, 'private', 'payroll')).equals(content))
})
