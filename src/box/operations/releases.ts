import { codeOf, DatisError, mapConcurrent } from '#base'
import { type BoxOfMember, hostsFor } from '#community'
import { decodeUnusualRelease } from '#crypto'
import {
  type DisperseReport,
  encodePlacedStatement,
  type FragmentId,
  HostClient,
  type PlacedStripe,
  placedFromStatement,
  type ReleasedStripe,
  type ReleaseItem,
  verifyUnusualRelease,
} from '#dispersal'
import { type PackInfo, RELEASED_A_RECORD_MAX } from '#storage'
import { namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  BrakeResult,
  CancelResult,
  HostTrouble,
  KeptResult,
  OperationContext,
  ReleaseListResult,
} from '../operations.ts'
import { checkMember } from './community.ts'
import { ownPlaces } from './hosting.ts'
import { shownInstant } from './shown.ts'

const HOSTS_AT_ONCE = 16

/**
 * Packs that no snapshot needs any more: hosts are asked to forget them. The log knows it before any host, so that a box
 * that recovers does not lean on them. No operation: only who knows that nothing leans on them may call it.
 */
export async function addReleases(
  box: OpenedBox,
  args: { readonly packs: readonly string[] },
  { signal }: OperationContext,
): Promise<ReleaseListResult> {
  const packs = [...new Set(args.packs)].map((id) => knownPack(box, id)).filter(({ released }) => !released)
  const at = Math.floor(box.world.clock.wall())
  for (let from = 0; from < packs.length; from += RELEASED_A_RECORD_MAX) {
    const ids = packs.slice(from, from + RELEASED_A_RECORD_MAX).map(({ id }) => id)
    box.vault.log.append([{ type: 'released', packs: ids, at }])
  }
  return shown(box, await sendReleases(box, signal))
}

function knownPack(box: OpenedBox, id: string): PackInfo {
  const pack = /^[0-9a-f]{64}$/.test(id) ? box.vault.pack(id) : undefined
  if (pack === undefined) throw new DatisError('PACK_UNKNOWN', 'The log names no such pack.', { pack: id })
  return pack
}

/** Hosts that were away, or whose brake held something back, are asked again. */
export async function sendReleases(box: OpenedBox, signal: AbortSignal): Promise<readonly ReleaseItem[]> {
  const released = releasedStripes(box)
  const { releaser } = box
  if (released.length === 0 && releaser.items.length === 0) return []
  return (await releaser.send(box.signer, released, signal)).items
}

/** What hosts showed in a round, when it has placed and logged what it could. */
export function noteStrays({ strays, releaser, vault }: OpenedBox, unnamed: DisperseReport['unnamed']): void {
  const isNamed = (host: string, { stripe, row }: FragmentId) =>
    vault.placement(stripe)?.rows.some((one) => one.row === row && one.host === host) === true
  const shown = [...unnamed].map(([host, entries]) => [host, entries.filter((one) => !isNamed(host, one))] as const)
  const promised = new Set(
    releaser.items.filter(({ state }) => state === 'released').map(({ host, stripe }) => `${host} ${stripe}`),
  )
  strays.note(new Map(shown), ({ host, stripe }) => promised.has(`${host} ${stripe}`))
}

/** Who is a member no more is asked nothing: its boxes keep nothing for us but what they have not forgotten yet. */
function releasedStripes({ vault, charter, settings, strays }: OpenedBox): ReleasedStripe[] {
  const hosts = new Set(hostsFor(charter, settings.organisation).map(({ box }) => box))
  const straysOf = Map.groupBy(strays.all, ({ stripe }) => stripe)
  return [...vault.packs()].flatMap(({ id: stripe, released }) => {
    if (!released) return []
    const rows = (vault.placement(stripe)?.rows ?? []).filter(({ host }) => hosts.has(host))
    const beside = (straysOf.get(stripe) ?? []).map(({ host }) => host).filter((host) => hosts.has(host))
    return rows.length + beside.length === 0 ? [] : [{ stripe, rows, strays: beside }]
  })
}

export async function listReleases(box: OpenedBox): Promise<ReleaseListResult> {
  return shown(box, box.releaser.items)
}

function shown(box: OpenedBox, items: readonly ReleaseItem[]): ReleaseListResult {
  const names = namesOf(box)
  return {
    items: items.map(({ stripe, host, state, until }) => ({
      pack: stripe,
      host,
      name: names.box(host) ?? '',
      state,
      until: until === null ? null : shownInstant(until),
    })),
  }
}

/** Rows that no host has confirmed are not counted as placed: the next dispersal sends them again. */
export async function cancelReleases(
  box: OpenedBox,
  args: { readonly packs: readonly string[] },
  { signal }: OperationContext,
): Promise<CancelResult> {
  const wanted = new Set(args.packs.map((id) => knownPack(box, id).id))
  const packs = [...box.vault.packs()].filter(({ id, released }) => released && (wanted.size === 0 || wanted.has(id)))
  const ids = new Set(packs.map(({ id }) => id))
  const stripes = releasedStripes(box).filter(({ stripe }) => ids.has(stripe))
  const back = await box.releaser.cancel(box.signer, stripes, signal)
  const at = Math.floor(box.world.clock.wall())
  for (const { id } of packs) {
    const placement = stripes.some(({ stripe }) => stripe === id) ? box.vault.placement(id) : undefined
    const held = back.find((one) => one.stripe === id)?.held ?? []
    box.vault.log.append([
      { type: 'kept', packs: [id], at },
      ...(placement === undefined ? [] : [placedRecord(placedFromStatement(placement.statement, held))]),
    ])
  }
  await sendReleases(box, signal)
  return {
    items: back.map(({ stripe, held, gone, unknown }) => ({
      pack: stripe,
      held: held.length,
      gone: gone.length,
      unknown: unknown.length,
    })),
  }
}

export function placedRecord(placed: PlacedStripe) {
  return {
    type: 'placed' as const,
    pack: placed.stripe,
    code: placed.code,
    length: Math.ceil(placed.packBytes / placed.code.k / 64) * 64,
    rows: placed.rows,
    roots: placed.roots.map((root) => Uint8Array.from(Buffer.from(root, 'hex'))),
    statement: encodePlacedStatement(placed),
  }
}

type BrakeOfHost = BrakeResult['hosts'][number]

export async function showBrake(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal }: OperationContext,
): Promise<BrakeResult> {
  checkMember(box)
  const places = new Map(ownPlaces(box).map(({ host, classes }) => [host, classes]))
  const trouble: HostTrouble[] = []
  const hosts = await mapConcurrent(
    hostsFor(box.charter, box.settings.organisation),
    HOSTS_AT_ONCE,
    async (host, inner) => {
      try {
        return await brakeOf(box, { host, kept: places.get(host.box) ?? [] }, inner)
      } catch (error) {
        inner.throwIfAborted()
        // A host that keeps nothing of ours has no brake for it.
        if (codeOf(error) !== 'OWNER_UNKNOWN') trouble.push({ host: host.box, name: host.name, code: codeOf(error) })
        return null
      }
    },
    signal,
  )
  return { hosts: hosts.filter((one) => one !== null), trouble }
}

async function brakeOf(
  box: OpenedBox,
  { host, kept }: { readonly host: BoxOfMember; readonly kept: readonly KeptResult[] },
  signal: AbortSignal,
): Promise<BrakeOfHost> {
  const client = new HostClient(box.world.clock, await box.hosts.session(host.box, signal), box.settings.box)
  const { classes, frozen } = await client.releases(signal)
  const { notices } = await client.unusual(signal)
  for (const notice of notices) verifyUnusualRelease(notice, host, box.settings.box)
  return {
    host: host.box,
    name: host.name,
    frozen,
    classes: classes.map(({ class: packClass, held, least, released, room, once, lasting }) => ({
      class: packClass,
      fragmentBytes: kept.find((one) => one.class === packClass)?.bytes ?? 0,
      heldBytes: held,
      leastBytes: least,
      releasedBytes: released,
      roomBytes: room,
      onceBytes: once,
      lastingBytes: lasting,
    })),
    unusual: notices.map(({ body }) => {
      const { at, class: packClass, reason } = decodeUnusualRelease(body)
      return { at: shownInstant(at), class: packClass, reason }
    }),
  }
}
