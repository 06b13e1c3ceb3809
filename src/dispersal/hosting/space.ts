/** How much of its disk a host lends, and to whom: reserved before anything is written. docs/protocol/hosting.md */
import { type BytePath, DatisError, type Disk, defineJob, ignoring, joinPath } from '#base'
import type { BoxId, OrganisationId } from '#crypto'
import { parseFragmentName } from '../fragment-file.ts'
import { HOSTING_DISK_PERCENT, RELEASED_ALLOWANCE_PERCENT } from '../limits.ts'
import type { FragmentId } from '../protocol.ts'

export interface OwnerUsage {
  readonly organisation: OrganisationId
  /** Everything that is kept of this owner: fragments, what was set aside, log, keyrings, heads. */
  bytes: number
  /** Of it, what is released and not purged. */
  readonly released: () => number
}

export interface SpaceDeps {
  readonly disk: Disk
  readonly folder: BytePath
  /** All organisations of the community; empty where there is no charter, and then no quota. */
  readonly members: () => Iterable<OrganisationId>
  readonly own: () => OrganisationId
}

export interface SpaceReport {
  readonly quota: number | null
  readonly usedBytes: number
  readonly totalBytes: number
  readonly limitBytes: number
}

export class HostingSpace {
  readonly #deps: SpaceDeps
  readonly #owners = new Map<BoxId, OwnerUsage>()
  readonly #reserved = new Map<OrganisationId, number>()

  constructor(deps: SpaceDeps) {
    this.#deps = deps
  }

  know(owner: BoxId, usage: OwnerUsage): void {
    this.#owners.set(owner, usage)
  }

  knows(owner: BoxId): boolean {
    return this.#owners.has(owner)
  }

  add(owner: BoxId, bytes: number): void {
    const usage = this.#owners.get(owner)
    if (usage !== undefined) usage.bytes = Math.max(0, usage.bytes + bytes)
  }

  usageOf(owner: BoxId): { readonly bytes: number; readonly released: number } {
    const usage = this.#owners.get(owner)
    return { bytes: usage?.bytes ?? 0, released: usage?.released() ?? 0 }
  }

  /** One act without a pause: two that come together cannot both get the last bytes. */
  reserve(owner: BoxId, bytes: number): Disposable {
    const organisation = this.#owners.get(owner)?.organisation ?? ''
    this.#checkDisk(bytes)
    this.#checkQuota(organisation, bytes)
    this.#reserved.set(organisation, (this.#reserved.get(organisation) ?? 0) + bytes)
    return {
      [Symbol.dispose]: () => {
        this.#reserved.set(organisation, (this.#reserved.get(organisation) ?? 0) - bytes)
      },
    }
  }

  #checkDisk(bytes: number): void {
    const { usedBytes, limitBytes } = this.report()
    const reserved = [...this.#reserved.values()].reduce((sum, one) => sum + one, 0)
    if (usedBytes + reserved + bytes <= limitBytes) return
    const details = { usedBytes, limitBytes, bytes }
    throw new DatisError('NO_SPACE', 'The hosting disk takes no more: the rest is for what must always fit.', details)
  }

  /** What is released counts up to half of the quota apart: an owner that makes room has it at once. */
  #checkQuota(organisation: OrganisationId, bytes: number): void {
    const quota = this.quota()
    if (quota === null) return
    const held = this.heldOf(organisation)
    if (held + (this.#reserved.get(organisation) ?? 0) + bytes <= quota) return
    throw new DatisError('QUOTA_REFUSED', 'An organisation has used up what this host lends it.', {
      held,
      quota,
      bytes,
    })
  }

  heldOf(organisation: OrganisationId): number {
    const owners = [...this.#owners.values()].filter((one) => one.organisation === organisation)
    const released = owners.reduce((sum, one) => sum + one.released(), 0)
    const bytes = owners.reduce((sum, one) => sum + one.bytes, 0)
    return bytes - Math.min(released, percentOf(this.quota() ?? released, RELEASED_ALLOWANCE_PERCENT))
  }

  /** Equal shares, such that all of them with their allowances fit into what the disk takes. */
  quota(): number | null {
    const own = this.#deps.own()
    const others = new Set(this.#deps.members())
    others.delete(own)
    if (others.size === 0) return null
    const { limitBytes } = this.report()
    return Math.floor(limitBytes / others.size / (1 + RELEASED_ALLOWANCE_PERCENT / 100))
  }

  report(): Omit<SpaceReport, 'quota'> {
    const { freeBytes, totalBytes } = this.#deps.disk.space(this.#deps.folder)
    return { usedBytes: totalBytes - freeBytes, totalBytes, limitBytes: percentOf(totalBytes, HOSTING_DISK_PERCENT) }
  }
}

function percentOf(bytes: number, percent: number): number {
  return Math.floor((bytes * percent) / 100)
}

/** All that lies in the folder of an owner, and the fragments of which only damaged copies are left. */
export const measureJob = defineJob(
  import.meta.url,
  'measureJob',
  ({ disk }, { folder }: { folder: BytePath }): { bytes: number; rot: FragmentId[] } => {
    const found: Measured = { bytes: 0, rot: [] }
    measure(disk, folder, found)
    return found
  },
)

interface Measured {
  bytes: number
  readonly rot: FragmentId[]
}

const COPY = /\.damaged-[0-9]{1,3}$/

function measure(disk: Disk, folder: BytePath, found: Measured): void {
  const names = ignoring(['ENOENT'], () => disk.list(folder)) ?? []
  const there = new Set<string>(names)
  const rotten = new Set<string>()
  for (const name of names) {
    const stat = ignoring(['ENOENT'], () => disk.stat(joinPath(folder, name)))
    if (stat?.kind === 'folder') measure(disk, joinPath(folder, name), found)
    else found.bytes += stat?.bytes ?? 0
    const of = name.replace(COPY, '')
    if (of !== name && !there.has(of)) rotten.add(of)
  }
  found.rot.push(...[...rotten].map(parseFragmentName).filter((id) => id !== null))
}
