import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Browser, freePort, killed, PASSWORD, readyAppliance, until } from './appliance.ts'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

test('a box by itself has a console; its first account, sessions and tasks survive kill -9', {
  timeout: 120_000,
}, async (t) => {
  const town = new Town(t)
  const anna = await town.box('anna')
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(new Chance(t), source, 200_000)
  await town.ok(['source', 'add', 'house', source, '--data', anna.data])
  const port = await freePort()
  const first = await readyAppliance(town, anna.data, port)
  assert.equal(first.ready.web, `http://127.0.0.1:${port}`)
  const browser = new Browser(port)
  assert.deepEqual((await browser.ask('GET', 'health')).json, { status: 'ok', version: '0.1.0' })
  const { code } = await town.ok<{ code: string }>(['box', 'setup-code', '--data', anna.data])
  const person = { name: 'Anne', password: PASSWORD }
  const old = await browser.ask('POST', 'setup', { ...person, code: first.ready.setupCode })
  assert.equal(old.json.error.code, 'SETUP_REFUSED', 'a newer code took its place')
  assert.equal((await browser.ask('POST', 'setup', { ...person, code })).status, 201)
  assert.equal((await browser.ask('POST', 'session', person)).status, 200)
  await until(async () => (await browser.ask('POST', 'operations/snapshot.list', {})).json.items.length > 0)
  for (const file of ['settings.sqlite', 'settings.sqlite-wal']) {
    assert.equal(statSync(join(anna.data, file)).mode & 0o077, 0, file)
  }
  writeFileSync(join(source, 'empty'), '')
  await town.ok(['snapshot', 'take', 'house', '--data', anna.data])
  const photograph = readFileSync(join(source, 'photograph-0.raw'))
  assert.ok((await browser.take('snapshots/latest/file?path=photograph-0.raw')).equals(photograph))
  assert.equal((await browser.take('snapshots/latest/file?path=empty')).byteLength, 0)
  await killed(first.child)
  const second = await readyAppliance(town, anna.data, port)
  assert.equal(second.ready.setupCode, null, 'somebody has an account')
  assert.equal((await browser.ask('GET', 'session')).json.name, 'Anne')
  const { items } = (await browser.ask('GET', 'tasks')).json
  assert.ok(items.some((one: { name: string; state: string }) => one.name === 'snapshot.take' && one.state === 'done'))
  const audit = (await browser.ask('GET', 'audit')).json
  assert.equal(audit.firstBroken, null)
  second.child.kill('SIGTERM')
  const log = town.logOf(anna)
  assert.match(log, /"event":"box.ready"/)
  const seed = readFileSync(join(anna.data, 'keys', 'box.seed'))
  const secrets = [PASSWORD, code, first.ready.setupCode ?? '', seed.toString('hex'), seed.toString('base64')]
  for (const secret of secrets) assert.ok(!log.includes(secret), 'the operational log holds a secret')
})

test('a box that burnt has its people, its policies and its audit log again', { timeout: 180_000 }, async (t) => {
  const town = new Town(t)
  const { owner, hosts } = await town.founded(3)
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(new Chance(t), source, 100_000)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  await town.ok(['policy', 'set', 'house', '--remote', 'ours: <7 d, 1 d>', '--data', owner.data])
  const port = await freePort()
  const { child, ready } = await readyAppliance(town, owner.data, port)
  const browser = new Browser(port)
  const person = { name: 'Anne', password: PASSWORD }
  assert.equal((await browser.ask('POST', 'setup', { ...person, code: ready.setupCode })).status, 201)
  assert.equal((await browser.ask('POST', 'session', person)).status, 200)
  const snapshots = async () => (await browser.ask('POST', 'operations/snapshot.list', {})).json.items
  const entered = Date.now()
  const isKept = ({ source: name, startedAt }: { source: string; startedAt: string }) =>
    name === '.settings' && Date.parse(startedAt) > entered
  await until(async () => (await snapshots()).some(isKept))
  assert.equal((await browser.run('disperse', { waitMs: 60_000 })).state, 'done')
  await killed(child)
  rmSync(owner.data, { recursive: true })
  const again = town.path('again')
  await town.ok(['recover', '--words', owner.words, '--peer', hosts[0]?.address ?? '', '--data', again])
  const back = await readyAppliance(town, again, port)
  assert.equal(back.ready.setupCode, null)
  const other = new Browser(port)
  assert.equal((await other.ask('POST', 'session', person)).json.name, 'Anne')
  const { items, firstBroken } = (await other.ask('GET', 'audit')).json
  assert.equal(firstBroken, null)
  assert.ok(items.some((one: { action: string }) => one.action === 'user.made'))
  const { sources } = (await other.ask('POST', 'operations/policy.list', {})).json
  assert.equal(sources[0].remote.policy, 'ours: <7 d, 1 d>')
  const { items: saved } = (await other.ask('POST', 'operations/snapshot.list', {})).json
  const house = saved.find((one: { source: string }) => one.source === 'house')
  const zip = town.path('taken.zip')
  writeFileSync(zip, await other.take(`snapshots/${house.id}/zip`))
  execFileSync('unzip', ['-q', zip, '-d', town.path('taken')])
  execFileSync('diff', ['-r', source, town.path('taken')])
  back.child.kill('SIGTERM')
})
