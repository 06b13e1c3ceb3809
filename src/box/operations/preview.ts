import { DatisError, pathFromText } from '#base'
import type { SourcePreview, SourceSpec } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { LeftOutItem, OperationContext, PreviewArguments, PreviewResult } from '../operations.ts'
import { shownPath } from './shown.ts'
import { checkPaths } from './sources.ts'

/** SOURCE_UNKNOWN, SOURCE_PATH_RELATIVE, REQUEST_INVALID */
export async function previewSource(
  box: OpenedBox,
  args: PreviewArguments,
  { signal, onProgress }: OperationContext,
): Promise<PreviewResult> {
  const source = wanted(box, args)
  using _turn = await box.walks.take(1, signal)
  const preview = await box.vault.preview(source, { signal, onProgress, neverFolders: [box.folder] })
  return {
    saved: preview.saved,
    left: preview.left,
    items: preview.items.map(({ path, kind, ...rest }) => ({ ...shownPath(path), kind: shownKind(kind), ...rest })),
    rules: preview.rules,
    unread: {
      count: preview.unreadCount,
      items: preview.unread.map(({ path, cause }) => ({ ...shownPath(path), cause })),
    },
    mounts: { count: preview.mountCount, items: preview.mounts.map(shownPath) },
  }
}

function wanted(box: OpenedBox, { name, paths, excludes, oneFileSystem }: PreviewArguments): SourceSpec {
  checkPaths(paths ?? [])
  const known = box.vault.settings().sources.find((one) => one.name === name)
  if (known === undefined && name !== undefined)
    throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name })
  const source = known ?? { name: '', paths: [], excludes: [], oneFileSystem: false }
  const found = {
    ...source,
    paths: paths?.map(pathFromText) ?? source.paths,
    excludes: excludes ?? source.excludes,
    oneFileSystem: oneFileSystem ?? source.oneFileSystem,
  }
  if (found.paths.length === 0) throw new DatisError('REQUEST_INVALID', 'Nothing is to be saved.', { at: 'paths' })
  return found
}

function shownKind(kind: SourcePreview['items'][number]['kind']): LeftOutItem['kind'] {
  return kind === 'file' || kind === 'folder' || kind === 'symlink' ? kind : 'other'
}
