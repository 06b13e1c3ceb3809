import { codeOf } from '#base'
import { findBox } from '#community'
import type { ContactsSummary, HostedOwner } from '#dispersal'
import { readMailSettings } from '../mail-settings.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { HostedContacts, HostedResult, HostingResult, OperationContext, ScrubResult } from '../operations.ts'
import { shownInstant } from './shown.ts'

/** What this box keeps for others, and where its own bytes are. */
export async function showHosting(box: OpenedBox): Promise<HostingResult> {
  const { store, lived, frozen, quota, usedBytes, totalBytes, limitBytes, owners, damaged } =
    await box.hosting.describe()
  return {
    store,
    livedMs: lived,
    frozen,
    disk: { usedBytes, totalBytes, limitBytes },
    quotaBytes: quota,
    owners: owners.map((owner) => hosted(box, owner)),
    mail: canMail(box),
    damaged,
    own: ownPlaces(box),
  }
}

/** Settings that cannot be read send nothing. */
function canMail({ world, folder }: OpenedBox): boolean {
  try {
    return readMailSettings(world.disk, folder) !== null
  } catch (error) {
    if (codeOf(error) !== 'MAIL_SETTINGS_DAMAGED') throw error
    return false
  }
}

function hosted(box: OpenedBox, { box: id, organisation, bytes, releases, contacts, rot }: HostedOwner): HostedResult {
  const { released, classes } = releases
  return {
    box: id,
    name: nameIn(box, id),
    organisation,
    bytes,
    heldBytes: classes.reduce((sum, { held }) => sum + held, 0),
    releasedBytes: released.bytes,
    nextPurgeMs: released.next,
    lastPurgeMs: released.last,
    rotten: rot,
    contacts: hostedContacts(contacts),
  }
}

function hostedContacts({ contacts, toldAt, ...rest }: ContactsSummary): HostedContacts {
  return { ...rest, people: contacts, toldAt: toldAt === null ? null : shownInstant(toldAt) }
}

/** Its name in the charter, else nothing: a member may have left. */
export function nameIn({ charters }: OpenedBox, id: string): string {
  return charters.current === undefined ? '' : (findBox(charters.current, id)?.name ?? '')
}

function ownPlaces(box: OpenedBox): HostingResult['own'] {
  const byHost = new Map<string, { fragments: number; bytes: number; releasedFragments: number }>()
  for (const { id, released } of box.vault.packs()) {
    const placement = box.vault.placement(id)
    for (const { host } of placement?.rows ?? []) {
      const sum = byHost.get(host) ?? { fragments: 0, bytes: 0, releasedFragments: 0 }
      if (released) sum.releasedFragments++
      else sum.fragments++
      if (!released) sum.bytes += placement?.length ?? 0
      byHost.set(host, sum)
    }
  }
  return [...byHost].map(([host, sum]) => ({ host, name: nameIn(box, host), ...sum }))
}

export async function scrubHosting(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal, onProgress }: OperationContext,
): Promise<ScrubResult> {
  const report = await box.hosting.scrub({
    signal,
    onProgress: ({ fragments }) => onProgress({ phase: 'check', filesDone: fragments }),
  })
  const rotten = report.rotten.map(({ owner, stripe, row }) => ({ owner, fragment: `${stripe}.${row}` }))
  return { fragments: report.fragments, rotten }
}
