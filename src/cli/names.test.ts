import assert from 'node:assert/strict'
import { test } from 'node:test'
import { datis } from './command-line-fixture.ts'

const COMMANDS = {
  'box create': ['box', 'create', '--data', 'd', '--name'],
  'community join': ['community', 'join', 'CODE', '--data', 'd', '--name'],
  'community invite': ['community', 'invite', '--data', 'd', '--for'],
}
const WRONG = ['', ' a', 'a ', 'a\nb', 'x\u202ey', 'a'.repeat(120)]

for (const [command, args] of Object.entries(COMMANDS)) {
  test(`datis ${command} takes no name that a list of members could not show`, async () => {
    const door = { createBox: () => assert.fail('no such box may be made') }
    for (const name of WRONG) {
      const en = await datis([...args, name], { door })
      assert.deepEqual([en.exit, en.out], [2, ''], JSON.stringify(name))
      assert.match(en.err, /is not a name of 1 to 100 characters/)
      const fr = await datis([...args, name, '--lang', 'fr'], { door })
      assert.match(fr.err, /n’est pas un nom de 1 à 100 caractères/)
      assert.equal(fr.exit, 2)
    }
  })
}
