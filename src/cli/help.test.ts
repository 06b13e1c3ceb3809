import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsIn } from '#text'
import { datis } from './command-line-fixture.ts'

/** All commands, as their help lists them. */
async function commands(path: readonly string[] = []): Promise<string[][]> {
  assert.ok(path.length <= 3, path.join(' '))
  const { out } = await datis([...path, '--help'], { lang: 'fr' })
  const list = out.split('\nCommandes :\n')[1] ?? ''
  const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1] ?? '')
  const below = await Promise.all(names.map((name) => commands([...path, name])))
  return [[...path], ...below.flat()]
}

/** What commander would say, and placeholders as they stand in the code. */
const ENGLISH =
  /\[command\]|display help|default:|Usage:|Options:|(?:^ {2}|[<[:])(?:DIR|FILE|NAME|PATH|HOST|DURATION|SIZE|REQUEST|TARGET|BOX|ACT|PACK)\b/m

test('no help in French has an English word, and none lists itself', async () => {
  const all = await commands()
  assert.ok(all.length > 50, `${all.length} commands`)
  for (const path of all) {
    const { out } = await datis([...path, '--help'], { lang: 'fr' })
    assert.doesNotMatch(out, ENGLISH, path.join(' '))
    assert.doesNotMatch(out, /^ {2}help\b/m, path.join(' '))
  }
})

test('help in English names things as ever', async () => {
  const group = await datis(['lab', '--help'])
  assert.match(group.out, /^Usage: datis lab \[options\] \[command\]/)
  assert.doesNotMatch(group.out, /^ {2}help\b/m)
  assert.match((await datis(['box', 'create', '--help'])).out, /--listen <HOST:PORT> .*\(default: \[::\]:4600\)/s)
})

test('one is one', () => {
  const en = wordsIn('en').say
  const fr = wordsIn('fr').say
  assert.match(en.community.code(2, 1), /any 1 brings it back, 1 may be lost/)
  assert.match(fr.community.code(2, 1), /1 quelconque suffit à le retrouver, 1 peut être perdu\./)
  assert.match(en.community.code(9, 6), /any 6 bring it back, 3 may be lost/)
  assert.match(fr.community.code(9, 6), /6 quelconques suffisent à le retrouver, 3 peuvent être perdus\./)
  assert.match(en.demo.founded(2, 1), /Any 1 of 2 fragments brings a pack back/)
  assert.match(fr.demo.founded(2, 1), /1 fragment quelconque sur 2 suffit à retrouver un paquet/)
})
