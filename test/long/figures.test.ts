import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BoxClient } from '#box'
import { addReleases } from '../../src/box/operations/releases.ts'
import { BoxTown, CONTEXT, type TestBox } from '../../src/box/test-town.ts'
import { datis } from '../../src/cli/command-line-fixture.ts'

/** What a command prints on a screen, asked of a box of the town. */
async function printed(town: BoxTown, { box }: TestBox, args: readonly string[]): Promise<string> {
  const call: BoxClient['call'] = (name, given, context) => town.run(box.call(name, given, context))
  const openBox = async () => ({ runs: true, call, [Symbol.asyncDispose]: async () => undefined })
  const ran = await datis([...args, '--data', 'd'], { door: { openBox } })
  assert.equal(ran.exit, 0, ran.err)
  return ran.out
}

/** Lines of the table below a title, from the class on: figures alone. */
function figuresOf(text: string, title: string, name: string): string[] {
  const lines = text.slice(text.indexOf(title)).split('\n\n')[0]?.split('\n') ?? []
  const own = lines.filter((line) => line.startsWith(`${name} `))
  return own.map((line) => line.slice(name.length).trim().replace(/ +/g, ' '))
}

const KEPT = 'Fragments of others are kept here'
const OWN = 'Fragments of this box are kept by'

async function sameFigures(town: BoxTown, owner: TestBox, boxes: readonly TestBox[]): Promise<string[]> {
  const used = await printed(town, owner, ['hosting', 'show'])
  const brake = await printed(town, owner, ['brake', 'show'])
  const all: string[] = []
  for (const host of boxes.filter((one) => one !== owner)) {
    const lent = figuresOf(await printed(town, host, ['hosting', 'show']), KEPT, owner.name)
    assert.deepEqual(figuresOf(used, OWN, host.name), lent, host.name)
    const held = figuresOf(brake, 'Host', host.name)
    for (const line of lent) {
      const [packClass, , size, unit] = line.split(' ')
      assert.ok(
        held.some((one) => one.startsWith(`${packClass} ${size} ${unit} `)),
        `${line}: ${held.join(', ')}`,
      )
    }
    all.push(...lent)
  }
  return all
}

test('both sides of each pair print the same figures, before and after a release', async () => {
  const town = new BoxTown('figures')
  const boxes = await town.founded(4)
  const [owner, second] = boxes as [TestBox, TestBox]
  await town.save(owner, 'first', town.random.bytes(60_000))
  const packs = [...owner.box.vault.packs()].filter((one) => one.class === 'data').map(({ id }) => id)
  await town.save(owner, 'second', town.random.bytes(90_000))
  await town.save(second, 'third', town.random.bytes(30_000))
  const before = await sameFigures(town, owner, boxes)
  assert.equal(before.length, 6)
  await sameFigures(town, second, boxes)
  await town.call(second.box, 'release.approve', { owner: owner.name, class: 'data', bytes: 1e7, lasting: false })
  await town.run(addReleases(owner.box, { packs }, CONTEXT))
  const after = await sameFigures(town, owner, boxes)
  assert.notDeepEqual(after, before)
  const [first] = boxes as [TestBox]
  assert.match(await printed(town, first, ['hosting', 'show']), /Used at others: .* kB of fragments, and [1-9]/)
})
