/** A box as a service of its machine. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
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
