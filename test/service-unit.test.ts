/** The unit for systemd says what docs/install.md promises, and systemd understands it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const unit = readFileSync(join(root, 'contrib', 'systemd', 'datis.service'), 'utf8')

test('the service runs as a user of its own, with one capability, and writes its data folder alone', () => {
  const lines = new Set(unit.split('\n'))
  for (const line of [
    'User=datis',
    'StateDirectoryMode=0700',
    'AmbientCapabilities=CAP_DAC_READ_SEARCH',
    'CapabilityBoundingSet=CAP_DAC_READ_SEARCH',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'PrivateTmp=yes',
    'Restart=always',
  ]) {
    assert.ok(lines.has(line), line)
  }
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

test('systemd understands every line of it', { skip: hasSystemd ? false : 'no systemd here' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'datis-unit-'))
  try {
    const path = join(folder, 'datis.service')
    // Nothing is installed here: what is said of the program must not hide what is said of the rest.
    writeFileSync(path, unit.replaceAll('/opt/datis/datis', join(root, 'datis')))
    const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
    assert.doesNotMatch(stderr + stdout, /datis\.service/)
    assert.equal(status, 0, stderr)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
