/** The way into a community: what a joiner says at a member's door, and what the member makes of it. */
import { type Clock, codeOf, concatBytes, DatisError, fromHex, type Log, MINUTE_MS, SECOND_MS } from '#base'
import { invitationKeysFromSecret, signStatement, verifySignature } from '#crypto'
import { type LocalIdentity, parseAddress, type Transport, type Visitor } from '#network'
import { type Act, type ActOf, type BoxSigner, decodeActBody, encodeActBody, hashOfAct, signApproval } from './act.ts'
import { type Chain, verifyChain } from './chain.ts'
import { decodeSignedCharter, type SignedCharter } from './charter.ts'
import type { CharterBox } from './form.ts'
import type { InvitationCode } from './invitation-code.ts'
import { findBox } from './membership.ts'
import { CommunityClient, decodeJoin, encodeJoin } from './protocol.ts'

/** The member asks more than half of the others meanwhile. */
const CONTACT_TIMEOUT_MS = 2 * MINUTE_MS
/** Another contact would say the same. */
const FINAL = new Set(['INVITATION_USED', 'INVITATION_EXPIRED', 'INVITATION_FOREIGN', 'CHARTER_INVALID'])
const NOTHING = new Uint8Array(0)
/** The member that is asked agrees with the others meanwhile. */
const ENTER_PAUSE_MS = SECOND_MS

export interface JoinDeps {
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
}

export interface Joiner {
  readonly signer: BoxSigner
  readonly identity: LocalIdentity
  /** Of the organisation. */
  readonly name: string
  /** Root X25519 key. */
  readonly sealing: Uint8Array
  readonly box: CharterBox
}

/**
 * Asks the contacts of a code in turn, and gives the chain that the one which admits us answers with, verified.
 * INVITATION_USED, INVITATION_EXPIRED, INVITATION_UNKNOWN, INVITATION_PENDING, INVITATION_FOREIGN,
 * INVITATION_NO_CONTACT {tried, cause}, and what the community cannot agree for
 */
export async function joinCommunity(
  deps: JoinDeps,
  joiner: Joiner,
  code: InvitationCode,
  signal: AbortSignal,
): Promise<readonly SignedCharter[]> {
  const { key, signingKey } = invitationKeysFromSecret(code.secret)
  const act = admission(joiner, { code, key, signingKey, at: deps.clock.wall() })
  const message = (binding: Uint8Array) => {
    const { signature } = signStatement('join-proof', proven(binding, act), signingKey, NOTHING)
    return encodeJoin({ act, proof: signature })
  }
  let last: unknown
  for (const contact of code.contacts) {
    using deadline = deps.clock.deadline(CONTACT_TIMEOUT_MS)
    const options = { identity: joiner.identity, message, signal: AbortSignal.any([signal, deadline.signal]) }
    try {
      const pieces = await deps.transport.visit(parseAddress(contact), options)
      return joinedChain(pieces.map(decodeSignedCharter), joiner, code)
    } catch (error) {
      signal.throwIfAborted()
      deps.log.info('community.contact.failed', { contact, code: codeOf(error) })
      if (FINAL.has(codeOf(error))) throw error
      // What a member said tells more than that another one does not answer.
      if (last === undefined || isWord(error)) last = error
    }
  }
  if (isWord(last)) throw last
  const details = { tried: code.contacts.join(' '), cause: codeOf(last) }
  throw new DatisError('INVITATION_NO_CONTACT', 'No member named in an invitation answers.', details, { cause: last })
}

/**
 * The way in for a further box of an organisation that is a member: it needs no invitation, since its root has one.
 * Believed as far as its own root's word goes: the chain lists our organisation. ENTRY_NO_CONTACT {tried, cause},
 * MEMBER_UNKNOWN
 */
export async function enterCommunity(
  deps: JoinDeps,
  joiner: Joiner,
  contacts: readonly string[],
  signal: AbortSignal,
): Promise<readonly SignedCharter[]> {
  let last: unknown
  for (const contact of contacts) {
    using deadline = deps.clock.deadline(CONTACT_TIMEOUT_MS)
    try {
      return await enterAt(deps, joiner, contact, AbortSignal.any([signal, deadline.signal]))
    } catch (error) {
      signal.throwIfAborted()
      deps.log.info('community.contact.failed', { contact, code: codeOf(error) })
      if (['MEMBER_UNKNOWN', 'CHARTER_INVALID'].includes(codeOf(error))) throw error
      last = error
    }
  }
  const details = { tried: contacts.join(' '), cause: codeOf(last) }
  throw new DatisError('ENTRY_NO_CONTACT', 'No member lets us in.', details, { cause: last })
}

async function enterAt(
  { transport, clock }: JoinDeps,
  { signer, identity, box }: Joiner,
  contact: string,
  signal: AbortSignal,
): Promise<readonly SignedCharter[]> {
  const admission = { roots: () => 'any', admit: () => true } as const
  await using session = await transport.dial(parseAddress(contact), { identity, admission, signal })
  const client = new CommunityClient(session)
  const signed: SignedCharter[] = []
  let act: Act | null = null
  for (;;) {
    for (let page = await client.charters(signed.length + 1, signal); page.length > 0; ) {
      signed.push(...page)
      page = await client.charters(signed.length + 1, signal)
    }
    const { community, members } = verifyChain(signed).current?.charter ?? { community: '', members: [] }
    const member = members.find(({ organisation }) => organisation === signer.organisation)
    if (member === undefined) {
      const details = { id: signer.organisation }
      throw new DatisError('MEMBER_UNKNOWN', 'The organisation of this box is no member there.', details)
    }
    if (member.boxes.some((one) => one.box === box.box)) return signed
    act ??= furtherBox(signer, { community, box, at: clock.wall() })
    await client.sendActs([act], signal)
    await clock.sleep(ENTER_PAUSE_MS, signal)
  }
}

function furtherBox(
  signer: BoxSigner,
  { community, box, at }: { community: string; box: CharterBox; at: number },
): Act {
  const own = { ...box, addresses: [...box.addresses] }
  const body = encodeActBody({ format: 1, kind: 'box', community, by: signer.organisation, at, box: own })
  return { body, approvals: [signApproval(signer, { body, at })] }
}

function isWord(error: unknown): boolean {
  return /^(?:INVITATION|AGREEMENT)_/.test(codeOf(error))
}

function admission(
  { signer, name, sealing, box }: Joiner,
  { code, key, signingKey, at }: { code: InvitationCode; key: string; signingKey: BoxSigner['key']; at: number },
): Act {
  const { community } = code
  const by = signer.organisation
  const own = { ...box, addresses: [...box.addresses] }
  const body = encodeActBody({ format: 1, kind: 'admit', community, by, at, key, name, sealing, box: own })
  const { signature } = signStatement('join', body, signingKey, NOTHING)
  return { body, approvals: [signApproval(signer, { body, at })], invitation: signature }
}

function proven(binding: Uint8Array, { body }: Act): Uint8Array {
  return concatBytes(binding, fromHex(hashOfAct(body)))
}

/** It is the chain that proves who answered: nobody else has the charter that the code names. */
function joinedChain(
  signed: readonly SignedCharter[],
  { signer }: Joiner,
  { community, charter }: InvitationCode,
): readonly SignedCharter[] {
  const chain = verifyChain(signed)
  const current = chain.current?.charter
  const named = chain.kept.some(({ hash }) => hash.startsWith(charter))
  const listed = current === undefined ? undefined : findBox(current, signer.box)
  if (current?.community !== community || !named || listed?.organisation !== signer.organisation) {
    throw new DatisError('PEER_ANSWER_INVALID', 'A peer answered in a form that we do not know.', { what: 'chain' })
  }
  return signed
}

// --- the member's side

export interface Admission {
  readonly act: Act
  readonly body: ActOf<'admit'>
  readonly hash: string
}

/** What a visitor asks for, once its proof is good; null when it is not, which deserves no answer. */
export function readAdmission({ claims, binding, message }: Visitor): Admission | null {
  try {
    const { act, proof } = decodeJoin(message)
    const body = decodeActBody(act.body)
    if (body.kind !== 'admit' || claims.role !== 'box') return null
    if (body.box.box !== claims.box || body.by !== claims.organisation) return null
    const signed = { body: proven(binding, act), signature: proof, certificate: NOTHING }
    verifySignature('join-proof', signed, fromHex(body.key))
    return { act, body, hash: hashOfAct(act.body) }
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    return null
  }
}

/** Whether the chain says that this very joiner was admitted by this invitation: it asks again, having lost our answer. */
export function isAdmitted(chain: Chain, { key, by, box }: ActOf<'admit'>): boolean {
  const { current } = chain
  if (current === undefined || chain.invitation(key)?.state !== 'used') return false
  return findBox(current.charter, box.box)?.organisation === by
}

/** INVITATION_* when an invitation opens nothing (any more). `waits`: whether it still lacks approvals. */
export function checkInvitation(chain: Chain, { key, community }: ActOf<'admit'>, now: number, waits: boolean): void {
  if (chain.current?.charter.community !== community) {
    throw new DatisError('INVITATION_FOREIGN', 'The invitation is into another community.')
  }
  const fate = chain.invitation(key)
  if (fate === undefined && waits) {
    throw new DatisError('INVITATION_PENDING', 'The invitation still lacks approvals.')
  }
  if (fate?.state === 'used') throw new DatisError('INVITATION_USED', 'The invitation was used already.')
  if (fate === undefined || fate.state === 'revoked') {
    throw new DatisError('INVITATION_UNKNOWN', 'There is no such invitation, or it was taken back.')
  }
  if (now >= fate.until || fate.state === 'gone') {
    throw new DatisError('INVITATION_EXPIRED', 'The invitation is over.', { until: fate.until })
  }
}
