import { DatisError, pathFromText, pathToText } from '#base'
import type { SourceSpec } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { SourceArguments } from '../operations.ts'
import { SETTINGS_SOURCE } from './own-settings.ts'

export async function addSource(box: OpenedBox, args: SourceArguments): Promise<{ name: string }> {
  const settings = box.vault.settings()
  if (args.name === SETTINGS_SOURCE || settings.sources.some(({ name }) => name === args.name)) {
    throw new DatisError('SOURCE_EXISTS', 'A source of that name exists.', { name: args.name })
  }
  const source: SourceSpec = { ...args, paths: args.paths.map(pathFromText), excludes: [...args.excludes] }
  box.vault.changeSettings({ ...settings, sources: [...settings.sources, source] })
  return { name: args.name }
}

export async function listSources(box: OpenedBox): Promise<{ items: SourceArguments[] }> {
  const items = box.vault.settings().sources.map((source) => ({ ...source, paths: source.paths.map(pathToText) }))
  return { items }
}
