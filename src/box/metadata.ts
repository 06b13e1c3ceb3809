/** Metadata packs belong on the box itself: with them it knows every file, and data packs come when they are read. */
import { codeOf, mapConcurrent } from '#base'
import type { PackInfo, Vault } from '#storage'

/** Whole packs in memory, with their fragments. */
const PACKS_AT_ONCE = 2

export interface MetadataDeps {
  readonly vault: Vault
  fetch(pack: string, signal: AbortSignal): Promise<Uint8Array>
  onProgress(bytesDone: number, bytesTotal: number): void
}

export interface MissingPack {
  readonly stripe: string
  readonly error: unknown
}

/** Metadata packs that the log names and only peers have; released ones are missed by nobody. */
export function absentMetadata(vault: Vault): PackInfo[] {
  return [...vault.packs()].filter((pack) => pack.class === 'metadata' && !pack.local && !pack.released)
}

/** Newest first. A pack that cannot be had costs what only it holds, and no more: those are returned. */
export async function fetchMetadata(deps: MetadataDeps, signal: AbortSignal): Promise<MissingPack[]> {
  const packs = absentMetadata(deps.vault).sort((a, b) => b.at - a.at)
  const bytesTotal = packs.reduce((sum, { bytes }) => sum + bytes, 0)
  const missing: MissingPack[] = []
  let bytesDone = 0
  await mapConcurrent(
    packs,
    PACKS_AT_ONCE,
    async ({ id, bytes }, inner) => {
      try {
        await deps.vault.adoptPack(id, await deps.fetch(id, inner))
      } catch (error) {
        if (codeOf(error) !== 'STRIPE_UNREACHABLE' && codeOf(error) !== 'PACK_DAMAGED') throw error
        missing.push({ stripe: id, error })
      }
      bytesDone += bytes
      deps.onProgress(bytesDone, bytesTotal)
    },
    signal,
  )
  return missing
}
