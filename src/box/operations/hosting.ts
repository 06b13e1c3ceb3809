import { codeOf } from '#base'
import { FORMER_MS_MAX } from '#community'
import type { ContactsSummary, HostedOwner, ReleaseItem } from '#dispersal'
import type { PackInfo } from '#storage'
import { readMailSettings } from '../mail-settings.ts'
import { type Names, namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  Former,
  HostedContacts,
  HostedResult,
  HostingResult,
  KeptResult,
  OperationContext,
  ScrubResult,
} from '../operations.ts'
import { shownInstant } from './shown.ts'

const CLASSES = ['data', 'metadata'] as const

/** What this box keeps for others, and where its own bytes are. */
export async function showHosting(box: OpenedBox): Promise<HostingResult> {
  const { store, lived, frozen, quota, usedBytes, totalBytes, limitBytes, owners, damaged } =
    await box.hosting.describe()
  const names = namesOf(box)
  return {
    store,
    livedMs: lived,
    frozen,
    disk: { usedBytes, totalBytes, limitBytes },
    quotaBytes: quota,
    owners: owners.map((owner) => hosted(box, names, owner)),
    mail: canMail(box),
    damaged,
    own: ownPlaces(box).map((one) => ({ ...one, ...hostNamed(box, names, one.host) })),
  }
}

/** Settings that cannot be read send nothing. */
function canMail({ privateFiles }: OpenedBox): boolean {
  try {
    return readMailSettings(privateFiles) !== null
  } catch (error) {
    if (codeOf(error) !== 'MAIL_SETTINGS_DAMAGED') throw error
    return false
  }
}

function hosted(box: OpenedBox, names: Names, owner: HostedOwner): HostedResult {
  const { box: id, organisation, bytes, releases, contacts, kept, rot } = owner
  const { released, classes } = releases
  return {
    box: id,
    name: names.box(id) ?? '',
    organisation,
    former: formerOf(box, organisation),
    bytes,
    heldBytes: classes.reduce((sum, { held }) => sum + held, 0),
    releasedBytes: released.bytes,
    nextPurgeMs: released.next,
    lastPurgeMs: released.last,
    rotten: rot,
    contacts: hostedContacts(contacts),
    classes: CLASSES.map((packClass) => ({ class: packClass, ...kept[packClass] })),
  }
}

function hostedContacts({ contacts, toldAt, ...rest }: ContactsSummary): HostedContacts {
  return { ...rest, people: contacts, toldAt: toldAt === null ? null : shownInstant(toldAt) }
}

function hostNamed(box: OpenedBox, names: Names, host: string) {
  const organisation = names.boxes.get(host)?.organisation ?? ''
  return { name: names.box(host) ?? '', former: formerOf(box, organisation) }
}

/** Null of a member. */
function formerOf({ charters }: OpenedBox, organisation: string): Former | null {
  const gone = charters.departures.get(organisation)
  return gone === undefined ? null : { how: gone.how, until: shownInstant(gone.at + FORMER_MS_MAX) }
}

/** What each host keeps of this box, as it knows it itself. */
export function ownPlaces(box: OpenedBox): Omit<HostingResult['own'][number], 'name' | 'former'>[] {
  const fates = new Map(box.releaser.items.map(({ host, stripe, state }) => [`${host} ${stripe}`, state]))
  const byHost = new Map<string, KeptResult[]>()
  const count = ({ id, class: packClass, released }: PackInfo, host: string, bytes: number) => {
    const fate = released ? (fates.get(`${host} ${id}`) ?? 'queued') : 'queued'
    const classes = byHost.get(host) ?? CLASSES.map(noneOf)
    byHost.set(
      host,
      classes.map((sum) => (sum.class === packClass ? withOne(sum, bytes, fate) : sum)),
    )
  }
  for (const pack of box.vault.packs()) {
    const placement = box.vault.placement(pack.id)
    for (const { host } of placement?.rows ?? []) count(pack, host, placement?.length ?? 0)
  }
  for (const { host, stripe, bytes } of box.strays.all) {
    const pack = box.vault.pack(stripe)
    if (pack !== undefined) count(pack, host, bytes)
  }
  return [...byHost].map(([host, classes]) => ({ host, ...totalOf(classes), classes }))
}

function noneOf(packClass: KeptResult['class']): KeptResult {
  return { class: packClass, fragments: 0, bytes: 0, releasedFragments: 0, releasedBytes: 0 }
}

/** A host holds what it has not accepted the release of. */
function withOne(sum: KeptResult, bytes: number, fate: ReleaseItem['state']): KeptResult {
  if (fate === 'gone') return sum
  if (fate === 'queued') return { ...sum, fragments: sum.fragments + 1, bytes: sum.bytes + bytes }
  const { releasedFragments, releasedBytes } = sum
  return { ...sum, releasedFragments: releasedFragments + 1, releasedBytes: releasedBytes + bytes }
}

function totalOf(classes: readonly KeptResult[]): Pick<KeptResult, 'fragments' | 'bytes' | 'releasedFragments'> {
  const sum = (what: 'fragments' | 'bytes' | 'releasedFragments') => classes.reduce((all, one) => all + one[what], 0)
  return { fragments: sum('fragments'), bytes: sum('bytes'), releasedFragments: sum('releasedFragments') }
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
