/** The first start in a browser's place: the sheet of a new box, a rebuild instead of it. */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Browser, freePort, killed, PASSWORD, readyAppliance, saveSettings, started, until } from './appliance.ts'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

const TIMEOUT = { timeout: 120_000 }

/** Whether a file in the folder of a box has this in it. */
function holds(folder: string, text: string): boolean {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text))
}

test(
  'a new box shows its sheet until three words are given back, and asks for them after a restart',
  TIMEOUT,
  async (t) => {
    const town = new Town(t)
    const data = town.path('data')
    const first = await started(town, data)
    const { browser } = first
    const asked = { isFirst: true, canRebuild: true, canPractise: true }
    assert.deepEqual((await browser.ask('GET', 'first')).json, asked)
    assert.equal((await browser.ask('GET', 'recovery-sheet')).json.error.code, 'SESSION_NEEDED')
    await browser.begin('Anne', first.setupCode)
    const sheet = await browser.must('GET', 'recovery-sheet?lang=fr')
    assert.deepEqual([sheet.words.length, sheet.community, sheet.contacts], [24, null, []])
    for (const lang of ['fr', 'en']) {
      const pdf = await browser.take(`recovery-sheet/pdf?lang=${lang}`)
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
      assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1, 'it is one page')
    }
    const { positions, confirmed, hasWords } = await browser.must('GET', 'recovery-sheet/asked')
    assert.deepEqual([positions.length, confirmed, hasWords], [3, false, true])
    assert.equal(
      (await browser.ask('POST', 'first/rebuild', rebuild(first.setupCode, sheet.words, '127.0.0.1:1'))).status,
      403,
    )
    await first.stop()
    assert.ok(!holds(data, sheet.words.slice(0, 3).join(' ')) && !holds(data, sheet.words.slice(0, 3).join(',')))

    const second = await started(town, data)
    const again = second.browser
    await again.must('POST', 'session', { name: 'Anne', password: PASSWORD })
    assert.equal((await again.ask('GET', 'recovery-sheet')).json.error.code, 'SHEET_GONE')
    assert.deepEqual(await again.must('GET', 'recovery-sheet/asked'), {
      positions,
      confirmed: false,
      confirmedAt: null,
      hasWords: false,
    })
    const given = Object.fromEntries(positions.map((one: number) => [one, sheet.words[one - 1]]))
    const wrong = { ...given, [positions[0]]: 'abaisser' === given[positions[0]] ? 'abandon' : 'abaisser' }
    assert.equal((await again.ask('POST', 'recovery-sheet/confirm', { words: wrong })).json.error.code, 'SHEET_WRONG')
    await until(async () => (await again.ask('POST', 'recovery-sheet/confirm', { words: given })).status === 204)
    assert.equal((await again.must('GET', 'recovery-sheet/asked')).confirmed, true)
    const { items } = await again.must('GET', 'audit')
    assert.equal(items[0].action, 'sheet.confirmed')
    await second.stop()
  },
)

function rebuild(code: string, words: readonly string[] | string, peer: string) {
  return { code, words: typeof words === 'string' ? words : words.join(' '), peer }
}

test('a box is rebuilt from its hosts in the browser; what fails leaves the new one as it was', TIMEOUT, async (t) => {
  const town = new Town(t)
  const { owner, hosts } = await town.founded(2)
  const port = await freePort()
  const { child, ready } = await readyAppliance(town, owner.data, port, ['--manual'])
  const before = new Browser(port)
  await before.begin('Anne', ready.setupCode)
  await killed(child)
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(new Chance(t), source, 200_000)
  await town.run(owner)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  await town.take(owner)
  await saveSettings(owner.data)
  await town.whole(owner)
  await town.destroy(owner)

  const data = town.path('new')
  const { browser, setupCode, stop } = await started(town, data)
  const words = readFileSync(owner.words, 'utf8').trim()
  const [host] = hosts
  assert.ok(host)
  const post = async (given: string, code = setupCode) =>
    await browser.ask('POST', 'first/rebuild', rebuild(code, given, host.address))
  assert.equal((await post(words, 'AAAA-BBBB-CCCC-DDDD')).json.error.code, 'SETUP_REFUSED')
  assert.equal((await post(words.replace(/^\S+/, 'zzz'))).json.error.code, 'WORDS_UNKNOWN')
  assert.equal((await post(FOREIGN)).status, 202)
  const failed = await ended(browser)
  assert.deepEqual([failed.state, failed.error.code], ['failed', 'RECOVERY_NOTHING_FOUND'])
  await until(async () => (await asked(browser, 'first'))?.canRebuild === true)
  assert.ok(existsSync(join(data, 'box.cbor')) && !existsSync(`${data}.untouched`))

  assert.equal((await post(words)).status, 202)
  const done = await ended(browser)
  assert.deepEqual([done.state, done.result.box, done.result.missing], ['done', owner.id, []])
  assert.ok(done.result.head.at && Array.isArray(done.result.earlier))
  await until(async () => (await asked(browser, 'setup'))?.isFirst === false)
  await browser.must('POST', 'session', { name: 'Anne', password: PASSWORD })
  assert.equal((await browser.look('snapshot.list')).items.length > 0, true)
  assert.equal((await browser.must('GET', 'recovery-sheet/asked')).confirmed, null)
  assert.ok(!existsSync(`${data}.untouched`))
  await stop()
})

/** Twenty-four words of nobody here. */
const FOREIGN = `${'abandon '.repeat(23)}art`

/** Null while nobody listens, or the box is being rebuilt. */
async function asked(browser: Browser, path: string) {
  const answer = await browser.ask('GET', path).catch(() => null)
  return answer?.status === 200 ? answer.json : null
}

async function ended(browser: Browser) {
  let shown = { state: 'running', result: null as never, error: null as never }
  await until(
    async () => {
      shown = (await asked(browser, 'first/rebuild')) ?? shown
      return shown.state !== 'running'
    },
    () => JSON.stringify(shown),
  )
  return shown as unknown as {
    state: string
    error: { code: string }
    result: { box: string; missing: string[]; head: { at: string }; earlier: unknown[] }
  }
}
