/** What this box signs about another member's box: its releases are taken back, or more of them may pass. */
import { codeOf, DatisError, mapConcurrent, toHex } from '#base'
import { hostsFor } from '#community'
import { encodeBrakeBudget, encodeUndo, type Signed, signStatement } from '#crypto'
import { HostClient, type Notices, type Owner, type Verdict } from '#dispersal'
import type { OpenedBox } from '../opened-box.ts'
import type { ApproveArguments, OperationContext, VerdictResult } from '../operations.ts'
import { ownerIn } from '../root-verdicts.ts'

const HOSTS_AT_ONCE = 16

/** Each host is told up to where it knows of releases: none can make another one take back too much or too little. */
export async function undoReleases(
  box: OpenedBox,
  { owner }: { readonly owner: string },
  { signal }: OperationContext,
): Promise<VerdictResult> {
  const now = Math.floor(box.world.clock.wall())
  return await toHosts(box, { owner: ownerOfOther(box, owner), verdict: 'undo' }, signal, ({ last }) => {
    const until = { epoch: last.epoch, number: Math.max(1, last.number, now) }
    return sign(box, 'undo', encodeUndo({ format: 1, owner, until, by: box.settings.box, at: now }))
  })
}

export async function approveRelease(
  box: OpenedBox,
  { owner, class: packClass, bytes, lasting }: ApproveArguments,
  { signal }: OperationContext,
): Promise<VerdictResult> {
  const { clock, random } = box.world
  const id = toHex(random.bytes(16))
  const at = Math.floor(clock.wall())
  const body = encodeBrakeBudget({
    format: 1,
    owner,
    id,
    class: packClass,
    bytes,
    lasting,
    by: box.settings.box,
    at,
  })
  const statement = sign(box, 'brake-budget', body)
  return await toHosts(box, { owner: ownerOfOther(box, owner), verdict: 'budget' }, signal, () => statement)
}

function sign({ secrets }: OpenedBox, kind: 'undo' | 'brake-budget', body: Uint8Array): Signed {
  return signStatement(kind, body, secrets.keys.signingKey, secrets.certificate)
}

/** RELEASE_OWN: the second signature is for those whose box key is in wrong hands. */
function ownerOfOther(box: OpenedBox, id: string): Owner {
  const owner = ownerIn(box.listings, id)
  if (owner.organisation !== box.settings.organisation) return owner
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
    fragments: sum('fragments'),
    bytes: sum('bytes'),
    hosts: [...answers.keys()].sort(),
    trouble,
  }
}

interface Asked<Answer> {
  /** By the box id of the host. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly trouble: readonly { readonly host: string; readonly code: string }[]
}

/** All boxes that may keep something of this owner; those that keep nothing are left out. */
export async function eachHost<Answer>(
  box: OpenedBox,
  owner: Owner,
  signal: AbortSignal,
  ask: (host: string, signal: AbortSignal) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const answers = new Map<string, Answer>()
  const trouble: { host: string; code: string }[] = []
  await mapConcurrent(
    hostsFor(box.charter, owner.organisation),
    HOSTS_AT_ONCE,
    async (host, inner) => {
      try {
        answers.set(host.box, await ask(host.box, inner))
      } catch (error) {
        inner.throwIfAborted()
        if (codeOf(error) !== 'OWNER_UNKNOWN') trouble.push({ host: host.box, code: codeOf(error) })
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
