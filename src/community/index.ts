export { forgetPromises } from './acceptor.ts'
export {
  type Act,
  type ActBody,
  type ActContent,
  type ActKind,
  type BoxSigner,
  decodeActBody,
  hashOfAct,
} from './act.ts'
export type { Alarm } from './alarms.ts'
export { INVITATION_MS_MAX } from './apply.ts'
export { Chain, type Departure, verifyChain } from './chain.ts'
export {
  type Charter,
  type CharterSignature,
  charterHash,
  decodeCharter,
  decodeCharterSignature,
  decodeSignedCharter,
  encodeCharter,
  encodeCharterSignature,
  encodeSignedCharter,
  type Member,
  type SignedCharter,
} from './charter.ts'
export { CharterStore } from './charter-store.ts'
export { askDrain, type DrainAnswer, DrainRoute, drainedAt, type Standing } from './draining.ts'
export { BOXES_MAX, type CharterBox, majorityOf } from './form.ts'
export type { RoundReport } from './gossip.ts'
export { checkContact, decodeInvitation, encodeInvitation, type InvitationCode } from './invitation-code.ts'
export { enterCommunity, type Joiner, joinCommunity } from './joining.ts'
export { type ActOutcome, CommunityKeeper, type InviteOutcome, type KeeperDeps } from './keeper.ts'
export {
  admissionFor,
  type BoxOfMember,
  boxesOf,
  FORMER_MS_MAX,
  type Founding,
  findBox,
  foundingCharter,
  hostsFor,
  otherOrganisations,
} from './membership.ts'
export type { PendingAct } from './pending.ts'
export { askProbe, PROBE_PAUSE_MS, type ProbeAnswer, ProbeRoute } from './probe.ts'
export { CommunityClient, communityBodyBytesMax, encodePage } from './protocol.ts'
export {
  judgeReachability,
  type MemberSaw,
  type Reachability,
  type ReachEvidence,
  type ReachVerdict,
} from './reachability.ts'
export { assembleCharter, signCharter } from './signing.ts'
