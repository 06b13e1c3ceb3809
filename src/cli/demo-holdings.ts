/** What a host keeps of an owner, read from its data folder as docs/formats/ lays it out. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Holding {
  /** Files of the owner's hosting folder: fragments, log, keyrings, heads. */
  readonly bytes: number
  /** Packs of which the host keeps a fragment. */
  readonly packs: readonly string[]
}

/** Stripe and row. */
export const FRAGMENT_NAME = /^([0-9a-f]{64})\.\d+$/

export function holdingOf(dataFolder: string, owner: string): Holding {
  const folder = join(dataFolder, 'hosting', owner)
  if (!existsSync(folder)) return { bytes: 0, packs: [] }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return {
    bytes: files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0),
    packs: files.flatMap(({ name }) => FRAGMENT_NAME.exec(name)?.[1] ?? []),
  }
}

/**
 * The fewest fragments that `survivors` keep of any pack coded with n fragments. Metadata of small communities has
 * another n and more copies: it is never the first to be lost.
 */
export function fewestFragments(n: number, all: readonly Holding[], survivors: readonly Holding[]): number {
  const held = countByPack(all)
  const left = countByPack(survivors)
  const counts = [...held].filter(([, count]) => count === n).map(([pack]) => left.get(pack) ?? 0)
  return counts.length === 0 ? 0 : Math.min(...counts)
}

function countByPack(holdings: readonly Holding[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { packs } of holdings) for (const pack of packs) counts.set(pack, (counts.get(pack) ?? 0) + 1)
  return counts
}
