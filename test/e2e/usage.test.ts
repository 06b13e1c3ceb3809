import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import type { CheckResult, Operations } from '#box'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

test('two commands at once on one data folder: one works, the other says so, nothing breaks', {
  timeout: 300_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const box = await town.box('owner')
  const data = ['--data', box.data]
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(chance, source, 8 << 20)
  await town.ok(['source', 'add', 'house', source, ...data])
  const take = ['snapshot', 'take', ...data]
  for (const running of [false, true]) {
    if (running) await town.run(box)
    const both = await Promise.all([town.datis(...take), town.datis(...take)])
    assert.ok(both.some(({ exit }) => exit === 0))
    for (const { exit, json } of both) {
      if (exit !== 0) assert.match(`${exit} ${json.error?.code}`, /^1 (?:BOX_IN_USE|VAULT_BUSY)$/)
    }
    assert.equal((await town.ok<CheckResult>(['vault', 'check', ...data])).ok, true)
  }
  assert.equal(await town.fails(1, 'box', 'run', ...data), 'BOX_IN_USE')
})

test('wrong usage is exit 2 with an error in JSON', { timeout: 300_000 }, async (t) => {
  const town = new Town(t)
  const box = await town.box('owner')
  const wrong = [
    ['snapshot', 'list'],
    ['snapshot', 'list', '--data', box.data, '--bogus'],
    ['no-such-command'],
    ['restore', 'latest', '--data', box.data],
    ['restore', 'latest', town.path('x'), '--over', '--missing', '--data', box.data],
    ['disperse', '--wait', 'soon', '--data', box.data],
    ['box', 'create', '--data', town.path('new'), '--address', 'no port'],
    ['box', 'create', '--data', town.path('new'), '--name', ' a'],
    ['community', 'invite', '--data', box.data, '--for', ''],
    ['community', 'found', '--data', box.data, '--data', `${box.data}/`],
  ]
  const codes = await Promise.all(wrong.map((args) => town.fails(2, ...args)))
  assert.deepEqual([...new Set(codes)], ['USAGE'])
})

test('words that are wrong are pointed at, and no command writes over what is there', {
  timeout: 300_000,
}, async (t) => {
  const town = new Town(t)
  const box = await town.box('owner')
  const words = readFileSync(box.words, 'utf8').trim().split(' ')
  assert.equal(words.length, 24)
  const file = (name: string, list: readonly string[]): string => {
    writeFileSync(town.path(name), list.join(' '))
    return town.path(name)
  }
  const bad = file('bad', words.with(6, 'datis'))
  const args = ['--peer', box.address, '--data', town.path('new')]
  const refused = await town.datis('recover', '--words', bad, ...args)
  assert.equal(refused.exit, 1)
  assert.equal(refused.json.error?.code, 'WORDS_UNKNOWN')
  assert.match(refused.json.error?.message ?? '', /\b7\b.*datis/)
  assert.equal(await town.fails(1, 'recover', '--words', file('short', words.slice(1)), ...args), 'WORDS_COUNT')
  assert.equal(await town.fails(1, 'box', 'create', '--words', bad, '--data', town.path('new')), 'WORDS_UNKNOWN')
  const over = ['box', 'create', '--data', town.path('other'), '--words-to', box.words]
  assert.equal(await town.fails(1, ...over), 'WORDS_FILE_EXISTS')
  assert.equal(await town.fails(1, 'box', 'create', '--data', box.data), 'FOLDER_NOT_EMPTY')
})

test('JSON output never shows the words', { timeout: 300_000 }, async (t) => {
  const town = new Town(t)
  const listed = new Set([...english, ...french].map((word) => word.normalize('NFC')))
  for (const language of ['en', 'fr']) {
    for (const to of [[], ['--words-to', town.path(`${language}.words`)]]) {
      const data = town.path(`${language}-${to.length}`)
      const ran = await town.datis('box', 'create', '--data', data, '--lang', language, ...to)
      assert.equal(ran.exit, 0, ran.err)
      assert.deepEqual(Object.keys(ran.json).sort(), ['box', 'root'])
      const said = `${ran.out} ${ran.err}`.normalize('NFC').split(/\s+/)
      const run = said.map((word) => (listed.has(word) ? 'w' : ' ')).join('')
      assert.doesNotMatch(run, /w{6}/)
    }
  }
})

test('a folder of another format, an unknown snapshot and a second community are refused', {
  timeout: 300_000,
}, async (t) => {
  const town = new Town(t)
  const [anna, bruno, carla] = await Promise.all(['anna', 'bruno', 'carla'].map((name) => town.box(name)))
  assert.ok(anna && bruno && carla)
  await town.found([anna, bruno])
  const second = ['community', 'found', '--data', anna.data, '--data', carla.data]
  assert.equal(await town.fails(1, ...second), 'COMMUNITY_EXISTS')
  assert.deepEqual(readdirSync(join(carla.data, 'charters')), [])
  await town.run(anna)
  const stranger = ['community', 'join', '--contact', anna.address, '--data', carla.data]
  assert.equal(await town.fails(1, ...stranger), 'ENTRY_NO_CONTACT')
  assert.equal(await town.fails(1, 'community', 'expel', 'anna', '--data', anna.data), 'EXPULSION_OWN')
  assert.equal(await town.fails(1, 'release', 'cancel', 'abc', '--data', anna.data), 'RELEASE_UNKNOWN')
  await town.found([carla])
  assert.equal(await town.fails(1, 'disperse', '--data', carla.data), 'COMMUNITY_ALONE')
  assert.equal(await town.fails(1, 'community', 'join', 'ABCDE', '--data', carla.data), 'COMMUNITY_EXISTS')
  assert.equal(await town.fails(1, 'snapshot', 'show', 'abcdef', '--data', anna.data), 'SNAPSHOT_UNKNOWN')
  assert.equal(await town.fails(1, 'restore', 'latest', town.path('x'), '--data', anna.data), 'SNAPSHOT_UNKNOWN')
  assert.equal(await town.fails(1, 'snapshot', 'list', '--data', town.path('nothing')), 'NO_BOX')
  const path = join(bruno.data, 'box.cbor')
  const settings = readFileSync(path)
  settings[settings.indexOf('format') + 6] = 9
  writeFileSync(path, settings)
  assert.match(await town.fails(1, 'snapshot', 'list', '--data', bruno.data), /^FORMAT_(?:UNKNOWN|INVALID)$/)
})

test('a source that is gone does not keep the others from being saved', { timeout: 300_000 }, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const box = await town.box('alone')
  const there = town.path('there')
  mkdirSync(there)
  writeFiles(chance, there, 1 << 16)
  await town.ok(['source', 'add', 'gone', town.path('nowhere'), '--data', box.data])
  await town.ok(['source', 'add', 'there', there, '--data', box.data])
  const { snapshots, failed } = await town.ok<Operations['snapshot.take'][1]>(
    ['snapshot', 'take', '--data', box.data],
    [4],
  )
  assert.deepEqual(
    snapshots.map(({ source, state }) => [source, state]),
    [['there', 'complete']],
  )
  assert.deepEqual(failed, [{ source: 'gone', code: 'SOURCE_UNREADABLE' }])
  assert.equal(await town.fails(1, 'snapshot', 'take', 'gone', '--data', box.data), 'SOURCE_UNREADABLE')
})
