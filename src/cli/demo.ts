import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { App } from './app.ts'
import { addCommand, run, type Shelf } from './command.ts'
import { playDemo } from './demo-story.ts'
import { UsageError } from './failure.ts'
import { absolute, parseCount } from './parse.ts'

const BOXES_DEFAULT = '6'
const BOXES_MIN = 2
/** The owner alone invites all others: so many invitations can be open at once. */
const BOXES_MAX = 33
/** The project's own dependencies: real files of all sizes that every clone has. */
const FOLDER_DEFAULT = join(import.meta.dirname, '../../node_modules')

interface DemoOptions {
  readonly boxes: string
  readonly lose?: string
  readonly keep?: boolean
}

export interface DemoPlan {
  readonly source: string
  readonly folder: string
  readonly boxes: number
  /** Null: as many as may be lost, two at most. */
  readonly lose: number | null
  readonly keep: boolean
}

export function addDemoCommand(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  addCommand(program, shelf, 'demo [FOLDER]', command.demo)
    .option('--boxes <N>', option.boxes, BOXES_DEFAULT)
    .option('--lose <N>', option.lose)
    .option('--keep', option.keep)
    .action((folder: string | undefined, options: DemoOptions) =>
      run(shelf, () => playDemo(shelf.app, planFor(shelf.app, folder, options))),
    )
}

function planFor({ words }: App, folder: string | undefined, options: DemoOptions): DemoPlan {
  const boxes = parseCount(words, '--boxes', options.boxes, BOXES_MIN, BOXES_MAX)
  const source = absolute(folder ?? FOLDER_DEFAULT)
  if (!statSync(source).isDirectory())
    throw new UsageError(words.say.usage.bad('FOLDER', source, words.say.kind.folder))
  return {
    source,
    folder: mkdtempSync(join(tmpdir(), 'datis-demo-')),
    boxes,
    lose: options.lose === undefined ? null : parseCount(words, '--lose', options.lose, 0, boxes - 1),
    keep: options.keep ?? false,
  }
}
