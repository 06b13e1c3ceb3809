/** What the boxes of a lab save: a few files of each kind that an office has. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { KiB, realRandom } from '#base'
import type { App } from './app.ts'
import type { LabBox } from './lab-folder.ts'

const ENTRIES = 500
const DAYS = 28
const CENTS_MAX = 250_000
/** A picture does not compress: noise stands for it. */
const PICTURE_BYTES = 150 * KiB

export function writeSampleFiles({ words: { say } }: Pick<App, 'words'>, { files, name }: LabBox): void {
  const { sample } = say.lab
  for (const { path, text } of sample.letters(name)) write(join(files, path), text)
  write(join(files, sample.accounts.path), accounts(sample.accounts.header))
  write(join(files, sample.picture), realRandom().bytes(PICTURE_BYTES))
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function accounts(header: string): string {
  const random = realRandom()
  const lines = Array.from({ length: ENTRIES }, (_, index) => {
    const day = String(1 + random.below(DAYS)).padStart(2, '0')
    return `${index + 1};2026-${String(1 + (index % 12)).padStart(2, '0')}-${day};${(random.below(CENTS_MAX) / 100).toFixed(2)}`
  })
  return `${[header, ...lines].join('\n')}\n`
}
