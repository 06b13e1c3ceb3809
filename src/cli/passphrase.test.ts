import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answers, datis, withFolder } from './command-line-fixture.ts'

const CREDENTIAL = 'datis-passphrase'

/** What a command answers that asks for the passphrase of a box at rest. */
async function asked(args: readonly string[], environment: Record<string, string>, keysSealed = true) {
  const said: unknown[] = []
  const sealedWith: string[] = []
  const answers: Answers = {
    'keys.show': () => ({ keysSealed }),
    'keys.seal': ({ passphrase }) => {
      sealedWith.push(passphrase)
      return { keysSealed: true }
    },
    'keys.unseal': () => ({ keysSealed: false }),
  }
  const ran = await datis([...args, '--data', 'd'], {
    environment,
    door: {
      openBox: async (folder, ask) => {
        said.push(await ask?.(folder))
        return {
          runs: false,
          call: async (name, given) => answers[name]?.(given as never) as never,
          [Symbol.asyncDispose]: async () => undefined,
        }
      },
    },
  })
  return { ...ran, said, sealedWith }
}

withFolder('a passphrase comes from the option, the environment or systemd, in this order', async (folder) => {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), `${text}\n`)
    return join(folder, name)
  }
  const option = ['--passphrase-file', file('option', 'by option')]
  const variable = { DATIS_PASSPHRASE_FILE: file('variable', 'by variable') }
  file(CREDENTIAL, 'by credential')
  const systemd = { CREDENTIALS_DIRECTORY: folder }
  const clear = ['box', 'passphrase', 'clear']
  assert.deepEqual((await asked([...clear, ...option], { ...variable, ...systemd })).said, ['by option'])
  assert.deepEqual((await asked(clear, { ...variable, ...systemd })).said, ['by variable'])
  assert.deepEqual((await asked(clear, systemd)).said, ['by credential'])
  assert.deepEqual((await asked(['box', 'passphrase', 'show'], {})).said, [null], 'nobody sits there')
  const set = ['box', 'passphrase', 'set']
  const changed = await asked([...set, ...option], variable)
  assert.deepEqual([changed.said, changed.sealedWith], [['by variable'], ['by option']], 'the old one opens')
  assert.deepEqual((await asked(set, variable, false)).sealedWith, ['by variable'])
  const none = await asked(set, variable)
  assert.deepEqual([none.exit, none.sealedWith], [2, []], 'the one that opens is not the new one')
  for (const { out, err } of [changed, none]) assert.doesNotMatch(out + err, /by option|by variable/)
})

withFolder('a file of two lines is no passphrase, and is not shown', async (folder) => {
  const file = join(folder, 'two')
  writeFileSync(file, 'open\nsesame\n')
  const { exit, out, err } = await asked(['box', 'passphrase', 'show'], { DATIS_PASSPHRASE_FILE: file })
  assert.equal(exit, 2)
  assert.doesNotMatch(out + err, /sesame/)
})
