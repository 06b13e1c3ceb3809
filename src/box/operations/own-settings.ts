/**
 * The settings of the box as a source of their own: what runs beside the box writes a copy of them into a folder, and a
 * box that comes back with nothing finds it there again.
 */
import { DatisError, ensureFolder, joinPath, removeTree } from '#base'
import { OWN_SOURCE } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext } from '../operations.ts'
import { packFetcher } from '../peers.ts'

const FOLDER = 'settings'

function folderOf({ folder }: OpenedBox) {
  return joinPath(folder, FOLDER)
}

export async function saveSettings(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal }: OperationContext,
): Promise<{ snapshot: string }> {
  const folder = folderOf(box)
  ensureFolder(box.world.disk, folder)
  const source = { name: OWN_SOURCE, paths: [folder], excludes: [], oneFileSystem: false }
  const { snapshot } = await box.vault.takeSnapshot(source, { signal })
  return { snapshot }
}

/** Whether there were any. SETTINGS_LOST: they are there, and too few hosts answer to put them together. */
export async function bringSettings(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal }: OperationContext,
): Promise<{ found: boolean }> {
  const { vault, world } = box
  const snapshot = vault.snapshots().findLast(({ source, state }) => source === OWN_SOURCE && state === 'complete')
  if (snapshot === undefined) return { found: false }
  const target = folderOf(box)
  removeTree(world.disk, target)
  const request = { snapshot, path: '' as never, target, mode: 'refuse', dryRun: false } as const
  const { failed } = await vault.restore(request, {
    signal,
    fetchPack: (id, inner) => packFetcher(box, () => undefined)(id, inner),
  })
  const [first] = failed
  if (first === undefined) return { found: true }
  throw new DatisError('SETTINGS_LOST', 'The settings of the box could not be brought back.', { cause: first.cause })
}
