/** What of what was saved was given back, to whom, how: notes in the audit log. */
import { type Deed, note } from '#accounts'
import { type BytePath, pathFromBytes, pathToText } from '#base'
import type { Operations, SavedSnapshot } from '#box'
import type { ApiDeps } from './deps.ts'

export interface Taken {
  readonly snapshot: Pick<SavedSnapshot, 'id' | 'source'>
  readonly paths: readonly BytePath[]
  readonly how: 'file' | 'zip' | 'preview'
}

type Deps = Pick<ApiDeps, 'settings' | 'clock'>

export async function noteTaken(deps: Deps, actor: string, { snapshot, paths, how }: Taken): Promise<void> {
  const deeds = paths.map((path) => {
    const details = { snapshot: snapshot.id, source: snapshot.source, path: pathToText(path), how }
    return { action: 'files.taken', details }
  })
  await noteAll(deps, actor, deeds)
}

/** Put back where it was saved from: one note for each path. */
export async function noteReturned(
  deps: Pick<ApiDeps, 'settings' | 'clock'>,
  actor: string,
  { id, paths, mode }: Operations['files.return'][0],
): Promise<void> {
  const deeds = paths.map(({ path, pathBytes }) => {
    const shown = pathBytes === undefined ? path : pathToText(pathFromBytes(Buffer.from(pathBytes, 'base64')))
    return { action: 'files.returned', details: { snapshot: id, path: shown, how: mode } }
  })
  await noteAll(deps, actor, deeds)
}

async function noteAll({ settings, clock }: Deps, actor: string, deeds: readonly Pick<Deed, 'action' | 'details'>[]) {
  const at = Math.floor(clock.wall())
  await settings.transaction().execute(async (inner) => {
    for (const deed of deeds) await note(inner, { at, actor, ...deed })
  })
}
