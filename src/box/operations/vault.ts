import { codeOf, mapConcurrent } from '#base'
import { hostsFor } from '#community'
import { type FragmentId, HostClient } from '#dispersal'
import type { OpenedBox } from '../opened-box.ts'
import type { CheckResult, DamagedFragment, OperationContext, VaultScrubResult } from '../operations.ts'
import { packFetcher } from '../peers.ts'

const HOSTS_AT_ONCE = 4

/** The box's own packs are read and opened; each host re-reads what it keeps and says what does not match. */
export async function checkAll(
  box: OpenedBox,
  _args: Record<string, never>,
  context: OperationContext,
): Promise<CheckResult> {
  const report = await box.vault.check({ signal: context.signal, onProgress: (event) => context.onProgress(event) })
  const own = report.damaged.map(({ pack }) => ({ host: 'local', fragment: pack }))
  const hosts = box.charters.current === undefined ? { damaged: [], unreached: [] } : await checkHosts(box, context)
  const damaged = [...own, ...hosts.damaged]
  return { ok: damaged.length === 0, packs: report.packs, bytes: report.bytes, damaged, unreached: hosts.unreached }
}

async function checkHosts(
  box: OpenedBox,
  { signal }: OperationContext,
): Promise<{ damaged: DamagedFragment[]; unreached: string[] }> {
  const damaged: DamagedFragment[] = []
  const unreached: string[] = []
  const expected = expectedRows(box)
  await mapConcurrent(
    hostsFor(box.charter, box.settings.organisation),
    HOSTS_AT_ONCE,
    async ({ box: host }, inner) => {
      const rows = expected.get(host)
      if (rows === undefined) return
      try {
        for (const name of await missingAt(box, host, rows, inner)) damaged.push({ host, fragment: name })
      } catch (error) {
        inner.throwIfAborted()
        box.world.log.warn('check.host.failed', { host, code: codeOf(error) })
        unreached.push(host)
      }
    },
    signal,
  )
  return { damaged: damaged.sort((a, b) => (a.fragment < b.fragment ? -1 : 1)), unreached: unreached.sort() }
}

/** Rows that each host acknowledged, by host. */
function expectedRows(box: OpenedBox): Map<string, FragmentId[]> {
  const byHost = new Map<string, FragmentId[]>()
  for (const { id, released } of box.vault.packs()) {
    if (released) continue
    for (const { row, host } of box.vault.placement(id)?.rows ?? []) {
      const rows = byHost.get(host) ?? []
      rows.push({ stripe: id, row })
      byHost.set(host, rows)
    }
  }
  return byHost
}

const FRAGMENTS_A_REQUEST = 64

async function missingAt(
  box: OpenedBox,
  host: string,
  rows: readonly FragmentId[],
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = []
  for (let at = 0; at < rows.length; at += FRAGMENTS_A_REQUEST) {
    const client = new HostClient(box.world.clock, await box.hosts.session(host, signal), box.settings.box)
    const { missing } = await client.verify(rows.slice(at, at + FRAGMENTS_A_REQUEST), null, signal)
    for (const { stripe, row } of missing) names.push(`${stripe}.${row}`)
  }
  return names
}

/** The packs on the own disk are read; what is damaged or gone comes back from the hosts. */
export async function scrubVault(
  box: OpenedBox,
  _args: Record<string, never>,
  context: OperationContext,
): Promise<VaultScrubResult> {
  const { packs, bytes, damaged, missing } = await box.vault.check({
    signal: context.signal,
    onProgress: (event) => context.onProgress(event),
  })
  const lost: string[] = []
  for (const id of [...damaged.map(({ pack }) => pack), ...missing]) {
    if (!(await bringBack(box, id, context.signal))) lost.push(id)
  }
  const found = damaged.length + missing.length
  return { packs, bytes, damaged: damaged.length, missing: missing.length, mended: found - lost.length, lost }
}

async function bringBack(box: OpenedBox, id: string, signal: AbortSignal): Promise<boolean> {
  if (box.charters.current === undefined) return false
  try {
    await box.vault.adoptPack(id, await packFetcher(box, () => undefined)(id, signal), { signal })
    return true
  } catch (error) {
    signal.throwIfAborted()
    box.world.log.error('scrub.unmended', { pack: id, code: codeOf(error) })
    return false
  }
}

export async function reindex(
  box: OpenedBox,
  _args: Record<string, never>,
  context: OperationContext,
): Promise<{ packs: number; chunks: number; snapshots: number }> {
  const { packs, chunks } = await box.vault.reindex({ signal: context.signal })
  return { packs, chunks, snapshots: box.vault.snapshots().length }
}
