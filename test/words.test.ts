/** The words of the console in the browser: the same in both languages, and none outside of them. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAst } from 'vite'
import { READY_MADE } from '#retention'
import { webWordsIn } from '#text/web'

const web = join(import.meta.dirname, '../src/web')
/** The same in both: names, and words that both languages share. */
const SHARED =
  /^(?:Actions|Datis|Menu|Code|Notes|Versions|Instructions|Français|English|ms|Fragments|État|Date|Tasks|Sources|Source|Role|Type|Restaurer|Packs|Importance|normal|Charter|Organisation|Name)$/

function leaves(words: object, path = ''): Map<string, unknown> {
  return new Map(
    Object.entries(words).flatMap(([key, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null ? [...leaves(value, `${path}${key}.`)] : [[`${path}${key}`, value]],
    ),
  )
}

test('both catalogues have the same words, and each its own', () => {
  const [en, fr] = [leaves(webWordsIn('en').say), leaves(webWordsIn('fr').say)]
  assert.deepEqual([...fr.keys()].sort(), [...en.keys()].sort())
  for (const [key, word] of en) {
    const other = fr.get(key)
    assert.equal(typeof other, typeof word, key)
    if (typeof word === 'string') {
      assert.notEqual(word.trim(), '', key)
      assert.ok(word !== other || SHARED.test(word), `${key} is the same in both: ${word}`)
    } else {
      assert.equal((other as () => void).length, (word as () => void).length, key)
    }
  }
})

test('French has typographic apostrophes and spaces before its high punctuation', () => {
  for (const [key, word] of leaves(webWordsIn('fr').say)) {
    if (typeof word !== 'string') continue
    assert.doesNotMatch(word, /\p{L}'\p{L}/u, key)
    assert.doesNotMatch(word, /\p{L}[;!?]/u, key)
  }
})

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const SAID = new Set(['label', 'title', 'placeholder', 'alt', 'aria-label', 'description'])
/** A command is the same for all; a key is what stands on it. */
const BY_NAME = /^(?:Datis|Ctrl K|[‹·]?)$/

/** What an expression that is shown may come to, where that stands there word by word. */
function spoken(expression: Node): string[] {
  const { type, ...rest } = expression
  const of = (...keys: string[]) => keys.flatMap((key) => spoken(rest[key] as Node))
  if (type === 'Literal') return typeof rest.value === 'string' ? [rest.value] : []
  if (type === 'TemplateLiteral') {
    return (rest.quasis as { value: { cooked: string } }[]).map(({ value: { cooked } }) => cooked)
  }
  if (type === 'ConditionalExpression') return of('consequent', 'alternate')
  return type === 'LogicalExpression' ? of('left', 'right') : []
}

function asWords(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => /\p{L}/u.test(text) && !BY_NAME.test(text))
}

/** Texts and spoken attributes that are written where they are shown. */
function literals(node: unknown, inCommand = false): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => literals(one, inCommand))
  if (typeof node !== 'object' || node === null) return []
  const { type, ...rest } = node as Node
  if (type === 'JSXText') return inCommand ? [] : asWords([String(rest.value)])
  if (type === 'JSXExpressionContainer') {
    const shown = rest.expression as Node
    return [...(inCommand ? [] : asWords(spoken(shown))), ...literals(shown, inCommand)]
  }
  if (type === 'JSXAttribute' || type === 'Property') {
    const [name, value] = [(rest.name ?? rest.key) as Node, rest.value as Node | null]
    const isSaid = SAID.has(String(name.name))
    if (isSaid && value?.type === 'Literal') return asWords(spoken(value))
    return literals(isSaid ? value : (value?.expression ?? value), inCommand)
  }
  const isCommand = ((rest.openingElement as Node | undefined)?.name as Node | undefined)?.name === 'Command'
  return Object.values(rest).flatMap((one) => literals(one, inCommand || isCommand))
}

for (const file of globSync('**/*.tsx', { cwd: web }).sort()) {
  test(`${file} says nothing that only one language understands`, () => {
    const tree = parseAst(readFileSync(join(web, file), 'utf8'), { lang: 'tsx' })
    assert.deepEqual(literals(tree), [])
  })
}

test('a literal would be found, in whatever form it is written', () => {
  const found = (text: string) => literals(parseAst(`const a = ${text}`, { lang: 'tsx' })).sort()
  assert.deepEqual(found('<p title="Hello">There <Command>datis x</Command></p>'), ['Hello', 'There'])
  assert.deepEqual(found("<p>{'Hello'} {isIt ? 'Yes' : null} {is && `so`}</p>"), ['Hello', 'Yes', 'so'])
  assert.deepEqual(found("<A aria-label={'Hello'} className={b ? 'c' : 'd'} e={<p>{'f'}</p>} />"), ['Hello', 'f'])
  assert.deepEqual(found("[{ label: 'Hello', value: 'it' }]"), ['Hello'])
})

test('each ready-made policy is called something in French', () => {
  const { say } = webWordsIn('fr')
  for (const { name } of READY_MADE) assert.notEqual(say.policies.name(name), name)
})
