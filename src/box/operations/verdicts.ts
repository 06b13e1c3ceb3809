/** What this box signs about another member's box: its releases are taken back, or more of them may pass. */
import { codeOf, DatisError, mapConcurrent, toHex } from '#base'
import { type BoxOfMember, findBox, hostsFor } from '#community'
import { encodeBrakeBudget, encodeUndo, type Signed, signStatement } from '#crypto'
import { HostClient, type Notices, type Verdict, type VerdictAnswer } from '#dispersal'
import type { OpenedBox } from '../opened-box.ts'
import type { ApproveArguments, OperationContext, VerdictResult } from '../operations.ts'

const HOSTS_AT_ONCE = 16

/** Each host is told up to where it knows of releases: none can make another one take back too much or too little. */
export async function undoReleases(
  box: OpenedBox,
  { owner }: { readonly owner: string },
  { signal }: OperationContext,
): Promise<VerdictResult> {
  const now = Math.floor(box.world.clock.wall())
  return await toHosts(box, owner, 'undo', signal, ({ last }) => {
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
  return await toHosts(box, owner, 'budget', signal, () => statement)
}

function sign({ secrets }: OpenedBox, kind: 'undo' | 'brake-budget', body: Uint8Array): Signed {
  return signStatement(kind, body, secrets.keys.signingKey, secrets.certificate)
}

async function toHosts(
  box: OpenedBox,
  owner: string,
  verdict: Verdict,
  signal: AbortSignal,
  statement: (notices: Notices) => Signed,
): Promise<VerdictResult> {
  const hosts: string[] = []
  const trouble: { host: string; code: string }[] = []
  const sum = { fragments: 0, bytes: 0 }
  await mapConcurrent(
    hostsFor(box.charter, organisationOf(box, owner)),
    HOSTS_AT_ONCE,
    async (host, inner) => {
      try {
        const answer = await toHost(box, { owner, host, verdict, statement }, inner)
        hosts.push(host.box)
        sum.fragments += answer.fragments
        sum.bytes += answer.bytes
      } catch (error) {
        inner.throwIfAborted()
        // A host that keeps nothing of this box has nothing to take back.
        if (codeOf(error) !== 'OWNER_UNKNOWN') trouble.push({ host: host.box, code: codeOf(error) })
      }
    },
    signal,
  )
  return { owner, ...sum, hosts: hosts.sort(), trouble }
}

/** RELEASE_OWN: the second signature is for those whose box key is in wrong hands. */
function organisationOf(box: OpenedBox, owner: string): string {
  const organisation = findBox(box.charter, owner)?.organisation
  if (organisation === undefined) throw new DatisError('BOX_UNKNOWN', 'The charter lists no such box.', { box: owner })
  if (organisation !== box.settings.organisation) return organisation
  throw new DatisError('RELEASE_OWN', 'Only another member may do this for a box, or its root.', { box: owner })
}

async function toHost(
  box: OpenedBox,
  {
    owner,
    host,
    verdict,
    statement,
  }: { owner: string; host: BoxOfMember; verdict: Verdict; statement: (notices: Notices) => Signed },
  signal: AbortSignal,
): Promise<VerdictAnswer> {
  if (host.box === box.settings.box) {
    return await box.hosting.deliver(owner, verdict, statement(await box.hosting.notices(owner)))
  }
  const client = new HostClient(box.world.clock, await box.hosts.session(host.box, signal), owner)
  return await client.deliver(verdict, statement(await client.unusual(signal)), signal)
}
