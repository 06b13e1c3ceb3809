/** A command line over a box of which a test says what it answers. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { OperationName, Operations } from '#box'
import type { BoxDoor } from './door.ts'
import { runCommandLine } from './run.ts'

export type Answers = { [Name in OperationName]?: (args: Operations[Name][0]) => Operations[Name][1] }

export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
  /** The last line of stdout. */
  json(): Record<string, unknown>
}

interface Setting {
  readonly answers?: Answers
  readonly door?: Partial<BoxDoor>
  readonly lang?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Whether a process runs the box. */
  readonly runs?: boolean
}

export const WORDS = Array.from({ length: 24 }, (_, index) => `word${index + 1}`)

function doorOf({ answers = {}, door = {}, runs = true }: Setting): BoxDoor {
  const unused = (): never => assert.fail('this command has no business with that')
  return {
    createBox: async () => ({ box: 'b0', root: 'r0', entropy: new Uint8Array(32) }),
    wordsFromEntropy: () => WORDS,
    runAppliance: unused,
    startAppliance: unused,
    settleRebuild: unused,
    newSetupCode: unused,
    foundCommunity: unused,
    recoverBox: unused,
    lockFolder: unused,
    describeRootRequest: unused,
    signRootRequest: unused,
    openBox: async () => ({
      runs,
      call: async (name, args) => (answers[name] ?? unused)(args as never) as never,
      [Symbol.asyncDispose]: async () => undefined,
    }),
    ...door,
  }
}

export async function datis(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  let out = ''
  let err = ''
  const exit = await runCommandLine({
    args,
    environment: { LANG: setting.lang ?? 'C', ...setting.environment },
    version: '1.2.3',
    terminal: {
      line: (text) => {
        out += `${text}\n`
      },
      note: (text) => {
        err += text
      },
      redraws: false,
      asks: false,
      columns: () => 80,
    },
    clock: {
      monotonic: () => 0,
      wall: () => 0,
      sleep: async () => undefined,
      deadline: () => assert.fail('no deadline'),
    },
    signal: new AbortController().signal,
    door: async () => doorOf(setting),
  })
  return { exit, out, err, json: () => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') }
}

export function withFolder(name: string, promise: (folder: string) => Promise<void>): void {
  test(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'datis-cli-'))
    try {
      await promise(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
