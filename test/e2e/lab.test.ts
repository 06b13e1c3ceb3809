import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Browser, PASSWORD } from './appliance.ts'
import { Town } from './town.ts'

const START_MS_MAX = 60_000

interface ShownBox {
  readonly number: number
  readonly name: string
  readonly address: string
  readonly state: string
  readonly folder: string
  readonly words: string
  readonly files: string
  readonly pid: number | null
}

interface Shown {
  readonly folder: string
  readonly fast: boolean
  readonly boxes: readonly ShownBox[]
}

interface Healed {
  readonly healed: readonly { readonly number: number; readonly was: string; readonly rotten: number | null }[]
  readonly dispersed: readonly { readonly number: number; readonly state: string }[]
  readonly trouble: readonly unknown[]
}

/** A folder for a lab, of which nothing outlives the test. */
function labFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'datis-lab-'))
  const end = (): void => {
    for (const pid of processesIn(folder)) process.kill(pid, 'SIGKILL')
  }
  process.on('exit', end)
  t.after(() => {
    process.off('exit', end)
    end()
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Box processes with a folder below this one, by what the system says of them. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) =>
      argumentsOf(pid).some((arg, index, all) => arg.startsWith(`${folder}/`) && all[index - 2] === 'run'),
    )
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // It ended meanwhile.
    return []
  }
}

function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'hex')]))
}

test('a lab comes up once, its boxes fail in every way, are made well, and nothing of it is left in the end', {
  timeout: 240_000,
}, async (t) => {
  const folder = labFolder(t)
  const town = new Town(t)
  const at = ['--folder', folder]
  const show = async (): Promise<readonly ShownBox[]> => (await town.ok<Shown>(['lab', 'show', ...at])).boxes
  const fail = (how: string, number: number) => town.ok<{ next: string[] }>(['lab', 'fail', how, `${number}`, ...at])

  // --- of two at once one wins
  const both = await Promise.all([town.datis('lab', 'up', '4', '--fast', ...at), town.datis('lab', 'up', '4', ...at)])
  const [winner, loser] = both[0].exit === 0 ? both : [both[1], both[0]]
  assert.equal(winner.exit, 0, winner.err + winner.out)
  assert.equal(loser.exit, 1)
  assert.match(loser.json.error?.code ?? '', /^LAB_(?:BUSY|UNFINISHED|EXISTS)$/)
  const boxes = await show()
  assert.deepEqual(
    boxes.map(({ state }) => state),
    ['runs', 'runs', 'runs', 'runs'],
  )
  assert.equal(new Set(boxes.map(({ address }) => address)).size, 4)
  assert.deepEqual(
    processesIn(folder).sort(),
    boxes.map(({ pid }) => pid ?? 0).sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  )

  // --- each fails in its own way
  const { next } = await fail('fire', 1)
  const [owner] = boxes
  assert.ok(owner && !existsSync(owner.folder) && existsSync(owner.words))
  assert.match(next[0] ?? '', new RegExp(`^datis recover --words ${owner.words} --peer 127\\.0\\.0\\.1:\\d+ --data `))
  await fail('liar', 2)
  await fail('cut', 3)
  assert.equal(await town.fails(1, 'lab', 'fail', 'silent', '3', ...at), 'LAB_BOX_FAILED')
  await fail('silent', 4)
  assert.deepEqual(
    (await show()).map(({ state }) => state),
    ['burnt', 'liar', 'cut', 'silent'],
  )

  // --- and all are made well
  const { healed, dispersed, trouble } = await town.ok<Healed>(['lab', 'heal', ...at])
  assert.deepEqual(
    healed.map(({ number, was }) => [number, was]),
    [
      [4, 'silent'],
      [3, 'cut'],
      [1, 'burnt'],
      [2, 'liar'],
    ],
  )
  assert.ok((healed[3]?.rotten ?? 0) > 0, 'the lie was not found')
  assert.deepEqual(
    dispersed.map(({ state }) => state),
    ['whole', 'whole', 'whole', 'whole'],
  )
  assert.deepEqual(trouble, [])

  // --- what burnt is back
  const target = town.path('restored')
  await town.ok(['restore', 'latest', target, '--data', owner.folder])
  assert.ok(filesIn(owner.files).size >= 4)
  assert.deepEqual(filesIn(target), filesIn(owner.files))

  // --- what died by itself is started again, where it was
  const third = (await show())[2]
  assert.ok(third?.pid)
  process.kill(third.pid, 'SIGKILL')
  const again = await town.ok<Shown & { started: number }>(['lab', 'up', ...at])
  assert.equal(again.started, 1)
  assert.deepEqual(
    again.boxes.map(({ address, state }) => [address, state]),
    boxes.map(({ address }) => [address, 'runs']),
  )

  // --- the end
  assert.deepEqual(await town.ok(['lab', 'down', '--keep', ...at]), { folder, stopped: 4, kept: true })
  assert.deepEqual([processesIn(folder), existsSync(folder)], [[], true])
  await town.ok(['lab', 'down', ...at])
  assert.equal(existsSync(folder), false)
})

test('a lab that was killed while it came up is removed whole', { timeout: 120_000 }, async (t) => {
  const folder = labFolder(t)
  const town = new Town(t)
  const at = ['--folder', folder]
  const begun = town.start(['lab', 'up', '2', ...at])
  for (const until = Date.now() + START_MS_MAX; processesIn(folder).length === 0; await sleep(20)) {
    assert.ok(Date.now() < until, 'no box was started')
  }
  begun.child.kill('SIGKILL')
  await begun.ended
  assert.equal(await town.fails(1, 'lab', 'up', '2', ...at), 'LAB_UNFINISHED')
  await town.ok(['lab', 'down', ...at])
  assert.deepEqual([processesIn(folder), existsSync(folder)], [[], false])
})

test('a box that other machines reach does not hurry', async (t) => {
  const town = new Town(t)
  const data = town.path('open')
  await town.ok(['box', 'create', '--data', data, '--listen', '0.0.0.0:4600', '--words-to', town.path('words')])
  assert.equal(await town.fails(1, 'box', 'run', '--fast', '--data', data), 'FAST_NOT_LOCAL')
})

test('a lab has a console when it is asked for one, and keeps it', { timeout: 120_000 }, async (t) => {
  const folder = labFolder(t)
  const town = new Town(t)
  const at = ['--folder', folder]
  interface WithConsole extends Shown {
    readonly console: { readonly url: string; readonly setupCode: string | null }
  }
  const { console: opened } = await town.ok<WithConsole>(['lab', 'up', '2', '--web', ...at], [0, 1, 4])
  const browser = new Browser(Number(new URL(opened.url).port))
  await browser.begin('Anne', opened.setupCode)
  assert.deepEqual((await browser.look('snapshot.list')).items.length > 0, true)
  await town.ok(['lab', 'down', '--keep', ...at])
  const again = await town.ok<WithConsole>(['lab', 'up', ...at])
  assert.deepEqual(again.console, { url: opened.url, setupCode: null })
  assert.deepEqual((await town.ok<WithConsole>(['lab', 'show', ...at])).console, again.console)
  await browser.must('POST', 'session', { name: 'Anne', password: PASSWORD })
  await town.ok(['lab', 'down', '--yes', ...at])
  assert.deepEqual(processesIn(folder), [])
})
