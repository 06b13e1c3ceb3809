import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, joinPath, pathFromText, silentLog } from '#base'
import { MemoryDisk, MemoryNet, simClock, simRandom } from '#base/sim'
import type { RunningBox } from '#box'
import { issueConsoleCertificate } from '#crypto'
import { ConsoleTls, type Presented } from './console-tls.ts'

const FOLDER = pathFromText('/data')

function place(seed: string) {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const random = simRandom(seed)
  const disk = new MemoryDisk({ clock })
  disk.makeFolder(FOLDER)
  const net = new MemoryNet(clock, random.fork('net')).on('box')
  const world = { disk, clock: clock.machine(), random, net, log: silentLog }
  const running = (name = 'mairie') => ({ world, folder: FOLDER, name }) as unknown as RunningBox
  return { clock, disk, random, start: (name?: string) => new ConsoleTls(running(name), null).presented, running }
}

test('the certificate is made once, kept for the owner alone, and made anew 30 days before its end', async () => {
  const { clock, disk, start } = place('kept')
  const first = start()
  const file = joinPath(FOLDER, 'console.pem')
  assert.equal(disk.stat(file).mode, 0o600)
  assert.deepEqual(start(), first)
  await clock.runFor(699 * DAY_MS)
  assert.equal(start().fingerprint, first.fingerprint)
  await clock.runFor(2 * DAY_MS)
  const second = start()
  assert.notEqual(second.fingerprint, first.fingerprint)
  assert.notEqual(second.key, first.key)
  assert.notEqual(start('another-name').fingerprint, second.fingerprint)
})

test('a damaged file, or one from a clock that was wrong, is replaced', async () => {
  const { clock, disk, start } = place('damaged')
  const first = start()
  disk.damage(joinPath(FOLDER, 'console.pem'), (bytes) => bytes.fill(0x41, 100, 200))
  const second = start()
  assert.notEqual(second.fingerprint, first.fingerprint)
  const early = place('damaged')
  const { certificate, key } = issueConsoleCertificate(
    { name: 'x', hostNames: [], addresses: [], from: 0, until: clock.wall() + 3000 * DAY_MS },
    early.random,
  )
  using written = early.disk.open(joinPath(FOLDER, 'console.pem'), 'write')
  written.write(Buffer.from(certificate + key), 0)
  assert.notEqual(early.start().certificate, certificate)
})

test('a console that runs for years shows the renewed certificate within the hour', async () => {
  const { clock, running, start } = place('years')
  start()
  await clock.runFor(699 * DAY_MS)
  const tls = new ConsoleTls(running(), null)
  const shown: Presented[] = []
  const stop = new AbortController()
  const run = tls.run(stop.signal, (changed) => shown.push(changed))
  const first = tls.presented.fingerprint
  await clock.runFor(HOUR_MS)
  assert.equal(shown.length, 0)
  await clock.runFor(DAY_MS + HOUR_MS)
  assert.equal(shown.length, 1)
  assert.notEqual(shown[0]?.fingerprint, first)
  assert.equal(tls.presented, shown[0])
  stop.abort()
  await run
})

test('a certificate of people is shown as it is, read again, and kept when its files are broken', async () => {
  const { clock, random, running } = place('theirs')
  const folder = mkdtempSync(join(tmpdir(), 'datis-tls-'))
  try {
    const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    const claims = { name: 'x', hostNames: ['backup.example.org'], addresses: [], from: 0, until: 4e12 }
    const put = ({ certificate, key } = issueConsoleCertificate(claims, random)) => {
      writeFileSync(files.certificate, certificate)
      writeFileSync(files.key, key)
    }
    assert.throws(() => new ConsoleTls(running(), files), { code: 'ENOENT' })
    put({ certificate: 'nothing', key: 'nothing' })
    assert.throws(() => new ConsoleTls(running(), files), { code: 'WEB_CERTIFICATE_INVALID' })
    put()
    const tls = new ConsoleTls(running(), files)
    assert.deepEqual(tls.presented.hostNames, ['backup.example.org'])
    const shown: Presented[] = []
    const stop = new AbortController()
    const run = tls.run(stop.signal, (changed) => shown.push(changed))
    put({ certificate: 'half', key: 'half' })
    await clock.runFor(2 * HOUR_MS)
    assert.deepEqual(shown, [])
    put()
    await clock.runFor(2 * HOUR_MS)
    assert.equal(shown.length, 1)
    stop.abort()
    await run
  } finally {
    rmSync(folder, { recursive: true })
  }
})
