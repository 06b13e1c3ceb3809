/** What this box signs about another member's box: its releases are taken back, or more of them may pass. */
import { codeOf, DatisError, mapConcurrent, toHex } from '#base'
import { hostsFor } from '#community'
import { encodeBrakeBudget, encodeUndo, type Signed, signStatement } from '#crypto'
import { HostClient, type Notices, type Owner, type Verdict } from '#dispersal'
import { Approvals } from '../approvals.ts'
import { boxMeant, namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  ApproveArguments,
  ApproveResult,
  Budget,
  HostTrouble,
  OperationContext,
  VerdictResult,
} from '../operations.ts'
import { checkMember } from './community.ts'
import { shownInstant } from './shown.ts'

const HOSTS_AT_ONCE = 16

/** Each host is told up to where it knows of releases: none can make another one take back too much or too little. */
export async function undoReleases(
  box: OpenedBox,
  { owner }: { readonly owner: string },
  { signal }: OperationContext,
): Promise<VerdictResult> {
  const now = Math.floor(box.world.clock.wall())
  const other = ownerOfOther(box, owner)
  return await toHosts(box, { owner: other, verdict: 'undo' }, signal, ({ last }) => {
    const until = { epoch: last.epoch, number: Math.max(1, last.number, now) }
    return sign(box, 'undo', encodeUndo({ format: 1, owner: other.box, until, by: box.settings.box, at: now }))
  })
}

/** The same once more within a day is the same statement, for hosts that were away: see `Approvals`. */
export async function approveRelease(
  box: OpenedBox,
  args: ApproveArguments,
  { signal }: OperationContext,
): Promise<ApproveResult> {
  const owner = ownerOfOther(box, args.owner)
  const approvals = new Approvals(box.world, box.folder)
  const now = Math.floor(box.world.clock.wall())
  const allowed = { owner: owner.box, class: args.class, bytes: args.bytes }
  // Of lasting ones the newest alone counts, so that another one does no harm, and an old one no good.
  const isNew = args.lasting || args.again === true
  const known = isNew ? null : approvals.find(allowed, box.secrets.certificate, now)
  const statement = known?.statement ?? signedBudget(box, { ...allowed, lasting: args.lasting }, now)
  if (known === null && !args.lasting) approvals.keep(statement, now)
  const result = await toHosts(box, { owner, verdict: 'budget' }, signal, () => statement)
  return { ...result, at: shownInstant(known?.at ?? now), repeated: known !== null }
}

function signedBudget(box: OpenedBox, allowed: Budget & { readonly owner: string }, at: number): Signed {
  const id = toHex(box.world.random.bytes(16))
  return sign(box, 'brake-budget', encodeBrakeBudget({ format: 1, ...allowed, id, by: box.settings.box, at }))
}

function sign({ secrets }: OpenedBox, kind: 'undo' | 'brake-budget', body: Uint8Array): Signed {
  return signStatement(kind, body, secrets.keys.signingKey, secrets.certificate)
}

/** COMMUNITY_LEFT; RELEASE_OWN: the second signature is for those whose box key is in wrong hands. */
function ownerOfOther(box: OpenedBox, text: string): Owner {
  checkMember(box)
  const { box: id, organisation } = boxMeant(box.charter, namesOf(box), text)
  if (organisation !== box.settings.organisation) return { box: id, organisation }
  throw new DatisError('RELEASE_OWN', 'Only another member may do this for a box, or its root.', { box: id })
}

/** `statement`: for the host that knows this of the owner's releases. */
export async function toHosts(
  box: OpenedBox,
  { owner, verdict }: { readonly owner: Owner; readonly verdict: Verdict },
  signal: AbortSignal,
  statement: (notices: Notices, host: string) => Signed,
): Promise<VerdictResult> {
  const { answers, trouble } = await eachHost(box, owner, signal, async (host, inner) => {
    const signed = statement(await noticesOf(box, owner.box, host, inner), host)
    if (host === box.settings.box) return await box.hosting.deliver(owner.box, verdict, signed)
    return await (await clientOf(box, owner.box, host, inner)).deliver(verdict, signed, inner)
  })
  const sum = (of: 'fragments' | 'bytes') => [...answers.values()].reduce((total, answer) => total + answer[of], 0)
  return {
    owner: owner.box,
    ownerName: namesOf(box).box(owner.box) ?? '',
    fragments: sum('fragments'),
    bytes: sum('bytes'),
    hosts: [...answers.keys()].sort(),
    trouble,
  }
}

interface Asked<Answer> {
  /** By the box id of the host. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly trouble: readonly HostTrouble[]
}

/** All boxes that may keep something of this owner; those that keep nothing are left out. */
export async function eachHost<Answer>(
  box: OpenedBox,
  owner: Owner,
  signal: AbortSignal,
  ask: (host: string, signal: AbortSignal) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const answers = new Map<string, Answer>()
  const trouble: HostTrouble[] = []
  await mapConcurrent(
    hostsFor(box.charter, owner.organisation),
    HOSTS_AT_ONCE,
    async (host, inner) => {
      try {
        answers.set(host.box, await ask(host.box, inner))
      } catch (error) {
        inner.throwIfAborted()
        if (codeOf(error) !== 'OWNER_UNKNOWN') trouble.push({ host: host.box, name: host.name, code: codeOf(error) })
      }
    },
    signal,
  )
  return { answers, trouble }
}

/** This box may be a host itself. */
export async function noticesOf(box: OpenedBox, owner: string, host: string, signal: AbortSignal): Promise<Notices> {
  if (host === box.settings.box) return await box.hosting.notices(owner)
  return await (await clientOf(box, owner, host, signal)).unusual(signal)
}

async function clientOf(box: OpenedBox, owner: string, host: string, signal: AbortSignal): Promise<HostClient> {
  return new HostClient(box.world.clock, await box.hosts.session(host, signal), owner)
}
