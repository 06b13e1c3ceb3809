import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { defaultLabFolder, Lab, type LabRecord, prepareLabFolder } from './lab-folder.ts'

const RECORD: LabRecord = { box: 'a'.repeat(32), port: 4600, failed: null }

function emptyFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'datis-lab-test-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a lab stands where states of programs belong', () => {
  assert.equal(defaultLabFolder({ environment: { XDG_STATE_HOME: '/state' } }), '/state/datis/lab')
  assert.equal(defaultLabFolder({ environment: { HOME: '/home/anna' } }), '/home/anna/.local/state/datis/lab')
  const relative = { XDG_STATE_HOME: 'state', HOME: '/home/anna' }
  assert.equal(defaultLabFolder({ environment: relative }), '/home/anna/.local/state/datis/lab')
})

test('a folder that holds anything else is left as it is', (t) => {
  const folder = emptyFolder(t)
  writeFileSync(join(folder, 'letter'), 'dear')
  assert.throws(() => prepareLabFolder(folder), { code: 'LAB_FOLDER_FOREIGN' })
  assert.throws(() => Lab.openAny(folder), { code: 'LAB_NONE' })
  assert.deepEqual(readdirSync(folder), ['letter'])
})

test('a lab is begun once, used when it is finished, and removed with all it holds', (t) => {
  const folder = prepareLabFolder(join(emptyFolder(t), 'new', 'lab'))
  const lab = Lab.begin(folder, { fast: true })
  assert.throws(() => Lab.begin(folder, { fast: true }), { code: 'LAB_UNFINISHED' })
  assert.throws(() => Lab.open(folder), { code: 'LAB_UNFINISHED' })
  lab.finish([RECORD, { ...RECORD, port: 4601 }])
  assert.throws(() => prepareLabFolder(folder), { code: 'LAB_EXISTS' })
  const opened = Lab.open(folder)
  assert.equal(opened.fast, true)
  assert.deepEqual(
    opened.boxes.map(({ number, address, data }) => [number, address, data]),
    [
      [1, '127.0.0.1:4600', join(folder, 'box-01')],
      [2, '127.0.0.1:4601', join(folder, 'box-02')],
    ],
  )
  mkdirSync(join(folder, 'box-01'))
  opened.remove()
  assert.throws(() => Lab.openAny(folder), { code: 'LAB_NONE' })
  assert.deepEqual(readdirSync(join(folder, '..')), [])
})

test('a state that no lab wrote is refused', (t) => {
  const folder = emptyFolder(t)
  for (const text of ['', '{"format":1', '{"format":1,"fast":true,"ready":true,"boxes":[{"port":0}]}']) {
    writeFileSync(join(folder, 'lab.json'), text)
    assert.throws(() => Lab.open(folder), { code: 'FORMAT_INVALID' })
  }
})

test('people see what was done to a box until somebody has undone it by hand', (t) => {
  const folder = prepareLabFolder(emptyFolder(t))
  const lab = Lab.begin(folder, { fast: false })
  lab.finish([RECORD])
  const state = (failed: LabRecord['failed'], pid: number | null) => {
    const [box] = lab.boxes
    assert.ok(box)
    lab.mark(box, failed)
    return lab.boxes[0]?.state(pid)
  }
  assert.deepEqual([state(null, 7), state(null, null)], ['runs', 'stopped'])
  assert.deepEqual([state('cut', null), state('cut', 7)], ['cut', 'runs'])
  assert.deepEqual([state('silent', 7), state('silent', null)], ['silent', 'stopped'])
  assert.deepEqual([state('liar', 7), state('liar', null)], ['liar', 'stopped'])
  assert.equal(state('fire', null), 'burnt')
  mkdirSync(join(folder, 'box-01'))
  writeFileSync(join(folder, 'box-01', 'box.cbor'), '')
  assert.deepEqual([state('fire', null), state('fire', 7)], ['stopped', 'runs'])
})
