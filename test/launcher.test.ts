/** `./datis` finds its Node from wherever it is called, and says what to do when there is none. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'datis-launcher-'))
after(() => rmSync(folder, { recursive: true }))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

test('./datis starts through links, from any folder, without a Node in PATH', {
  skip: process.platform === 'win32',
}, () => {
  symlinkSync(join(root, 'datis'), join(folder, 'one'))
  symlinkSync('one', join(folder, 'two'))
  const { status, stdout } = spawnSync(join(folder, 'two'), ['--version'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  assert.equal(stdout, `${version}\n`)
})

test('npm 10 takes the link to Node away: ./datis and npm scripts find it in its package', {
  skip: process.platform === 'win32',
}, () => {
  const clone = join(folder, 'installed with npm 10')
  mkdirSync(join(clone, 'node_modules'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '.bin') symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  }
  symlinkSync(join(root, 'src'), join(clone, 'src'))
  mkdirSync(join(clone, 'scripts'))
  cpSync(join(root, 'scripts/require-node.mjs'), join(clone, 'scripts/require-node.mjs'))
  cpSync(join(root, 'datis'), join(clone, 'datis'))
  const { stdout, stderr } = spawnSync(join(clone, 'datis'), ['--version'], { encoding: 'utf8' })
  assert.equal(stdout, `${version}\n`, stderr)
  const guard = readFileSync(join(clone, 'scripts/require-node.mjs'), 'utf8')
  // As if the Node that runs it were of old.
  const script = guard.replaceAll(
    'import.meta.url',
    JSON.stringify(`file://${encodeURI(join(clone, 'scripts/x.mjs'))}`),
  )
  const old = script.replace('const NODE_MAJOR_MIN = 26', 'const NODE_MAJOR_MIN = 1000')
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', old, 'x', '-p', '"seen"'], { encoding: 'utf8' })
  assert.equal(ran.stdout, 'seen\n', ran.stderr)
})

test('./datis says what to run when dependencies are missing', { skip: process.platform === 'win32' }, () => {
  const clone = join(folder, 'a clone')
  mkdirSync(clone)
  cpSync(join(root, 'datis'), join(clone, 'datis'))
  const bare = spawnSync(join(clone, 'datis'), [], { encoding: 'utf8' })
  assert.equal(bare.status, 1)
  assert.match(bare.stderr, /a clone' && npm ci\n/)
  mkdirSync(join(clone, 'node_modules'))
  assert.match(spawnSync(join(clone, 'datis'), [], { encoding: 'utf8' }).stderr, /npm ci --include=optional/)
})

test('the guard hands on arguments and exit codes', () => {
  const guard = join(root, 'scripts/require-node.mjs')
  const { status, stdout } = spawnSync(process.execPath, [guard, '-p', 'process.exitCode = 4; "seen"'], {
    encoding: 'utf8',
  })
  assert.equal(stdout, 'seen\n')
  assert.equal(status, 4)
})
