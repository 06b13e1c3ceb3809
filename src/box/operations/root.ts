/** What only the root may say: questions made here, answers applied here or carried to the hosts of any box. */
import { codeOf, DAY_MS, DatisError, toHex } from '#base'
import { encodeRootRequest } from '#crypto'
import { isLaterOrder, latestOrder, type Owner, type ReleaseOrder, type Verdict, type VerifiedHead } from '#dispersal'
import { withNames } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  HeadListResult,
  OperationContext,
  RootApplied,
  RootRequestArguments,
  RootRequestResult,
  VerdictResult,
} from '../operations.ts'
import { applyEpoch, decodeRootAnswer } from '../root-requests.ts'
import { type OpenedVerdict, openVerdict, ownerIn, type RootVerdict, type VerdictKind } from '../root-verdicts.ts'
import { shownInstant } from './shown.ts'
import { eachHost, noticesOf, toHosts } from './verdicts.ts'

const HEADS_LISTED_MAX = 1000
const VERDICT_OF: Readonly<Record<VerdictKind, Verdict>> = {
  undo: 'undo',
  condemn: 'condemn',
  'brake-budget': 'budget',
}

// --- questions

/** Of this box, or of one that it hosts for: the heads that root may call the last good one. */
export async function listHeads(box: OpenedBox, { owner }: { readonly owner: string | null }): Promise<HeadListResult> {
  const id = owner ?? box.settings.box
  const heads = id === box.settings.box ? ownHeads(box) : await ifHosted(id, null, () => box.hosting.heads(id))
  return { owner: id, heads: heads.map(({ number, at, hash }) => ({ number, at: shownInstant(at), hash })) }
}

function ownHeads({ heads }: OpenedBox) {
  return heads.list(HEADS_LISTED_MAX).map(({ head, hash }) => ({ number: head.number, at: head.at, hash }))
}

async function headOf(box: OpenedBox, owner: string, number: number): Promise<VerifiedHead> {
  if (owner !== box.settings.box) return await ifHosted(owner, number, () => box.hosting.head(owner, number))
  return box.heads.head(number) ?? headUnknown(owner, number)
}

async function ifHosted<Result>(owner: string, number: number | null, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    if (codeOf(error) !== 'OWNER_UNKNOWN' && codeOf(error) !== 'HEAD_UNKNOWN') throw error
    return headUnknown(owner, number)
  }
}

function headUnknown(box: string, number: number | null): never {
  throw new DatisError('ROOT_HEAD_UNKNOWN', 'This box knows no such head of that box.', { box, number })
}

/** BOX_UNKNOWN, ROOT_HEAD_UNKNOWN, ROOT_REQUEST_UNANSWERED */
export async function requestRoot(
  box: OpenedBox,
  args: RootRequestArguments,
  { signal }: OperationContext,
): Promise<RootRequestResult> {
  const owner = ownerIn(box.listings, args.owner ?? box.settings.box)
  const at = Math.floor(box.world.clock.wall())
  const common = { format: 1, owner: owner.box, organisation: owner.organisation, at } as const
  switch (args.kind) {
    case 'undo': {
      const { until, trouble } = await lastRelease(box, owner, signal)
      return asked({ ...common, kind: 'undo', until }, trouble)
    }
    case 'condemn': {
      const { head, hash } = await headOf(box, owner.box, args.head)
      return asked({ ...common, kind: 'condemn', head: { number: head.number, hash }, epoch: head.epoch })
    }
    case 'brake-budget': {
      const { class: packClass, bytes, lasting } = args
      const id = toHex(box.world.random.bytes(16))
      return asked({ ...common, kind: 'brake-budget', id, class: packClass, bytes, lasting })
    }
  }
}

function asked(
  request: Parameters<typeof encodeRootRequest>[0],
  trouble: RootRequestResult['trouble'] = [],
): RootRequestResult {
  return { request: Buffer.from(encodeRootRequest(request)).toString('base64'), trouble }
}

/** The latest release that any host names, and what comes until now. */
async function lastRelease(
  box: OpenedBox,
  owner: Owner,
  signal: AbortSignal,
): Promise<{ until: ReleaseOrder; trouble: RootRequestResult['trouble'] }> {
  const now = () => Math.floor(box.world.clock.wall())
  const { answers, trouble } = await eachHost(box, owner, signal, async (host, inner) => {
    const { last } = await noticesOf(box, owner.box, host, inner)
    return believable(last, now() + DAY_MS)
  })
  if (answers.size === 0) {
    throw new DatisError('ROOT_REQUEST_UNANSWERED', 'No host said what that box has released.', {
      box: owner.box,
      hosts: trouble.length,
    })
  }
  const last = [...answers.values()].reduce(latestOrder)
  return { until: { epoch: last.epoch, number: Math.max(1, last.number, now()) }, trouble }
}

/** Epochs are times in ms, or small. An undo up to one that has not come would take back what the owner releases for good. */
function believable(last: ReleaseOrder, epochMax: number): ReleaseOrder {
  if (last.epoch <= epochMax) return last
  throw new DatisError('HOST_ANSWER_INVALID', 'A host names an epoch that cannot have come yet.', { epoch: last.epoch })
}

// --- answers

function answerOf({ statement }: { readonly statement: string }) {
  return decodeRootAnswer(Buffer.from(statement, 'base64'))
}

/** Whether an answer changes nothing on this box itself. */
export function isForHosts(args: { readonly statement: string }): boolean {
  return 'kind' in answerOf(args)
}

export async function applyRoot(
  box: OpenedBox,
  args: { readonly statement: string },
  { signal }: OperationContext,
): Promise<RootApplied> {
  const answer = answerOf(args)
  if ('kind' in answer) return await applyVerdict(box, answer, signal)
  applyEpoch(box, answer)
  return { applied: 'epoch' }
}

/** Any box of the community may carry it: that of the owner may be gone. */
async function applyVerdict(box: OpenedBox, answer: RootVerdict, signal: AbortSignal): Promise<RootApplied> {
  const opened = openVerdict(box.listings, answer)
  const result = await deliver(box, answer.kind, opened, signal)
  const { budget } = opened
  if (answer.kind !== 'brake-budget' || budget === null) {
    return { applied: answer.kind === 'undo' ? 'undo' : 'condemn', ...result }
  }
  const { class: packClass, bytes, lasting } = budget
  return { applied: 'brake-budget', budget: { class: packClass, bytes, lasting }, ...result }
}

/** RELEASE_LATER: a host took releases after the request was made, which an undo that was signed before does not reach. */
async function deliver(
  box: OpenedBox,
  kind: VerdictKind,
  { owner, statement, until }: OpenedVerdict,
  signal: AbortSignal,
): Promise<VerdictResult> {
  const behind = new Set<string>()
  const result = await toHosts(box, { owner, verdict: VERDICT_OF[kind] }, signal, ({ last }, host) => {
    if (until !== null && isLaterOrder(last, until)) behind.add(host)
    return statement
  })
  const later = result.hosts.filter((host) => behind.has(host)).map((host) => ({ host, code: 'RELEASE_LATER' }))
  return withNames(box, { ...result, trouble: [...result.trouble, ...later] })
}
