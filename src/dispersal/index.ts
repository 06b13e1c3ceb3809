export type { AskedMember } from './asked-members.ts'
export { type Forgotten, findForgotten } from './catch-up.ts'
export {
  answersNeeded,
  manyOrganisations,
  protectedFrom,
  receiptsNeeded,
  type StripeState,
  stripeState,
  wholeFrom,
} from './counting.ts'
export {
  type DisperseInput,
  type DisperseProgress,
  Disperser,
  type DisperserDeps,
  type PackToPlace,
} from './disperser.ts'
export {
  buildStripe,
  type EncodedStripe,
  encodeStripe,
  type PreparedStripe,
  reconstructPack,
  type StripeIdentity,
  stripeRecordOf,
} from './encode.ts'
export { type DamagedFragment, type FetchDeps, type FetchRequest, fetchPack } from './fetch.ts'
export {
  encodeFragmentFile,
  type FragmentFile,
  fragmentName,
  parseFragmentHeader,
  type VerifiedFragment,
  verifyFragmentFile,
} from './fragment-file.ts'
export { FAST_GRACES, type Graces, USUAL_GRACES } from './graces.ts'
export { HistorySource } from './history.ts'
export { type Counted, Holders, shortId } from './holders.ts'
export { type KnownHolders, keepHolders, readHolders } from './holders-file.ts'
export { HostClient, type Hosts } from './host-client.ts'
export type { Verdict } from './hosting/answers.ts'
export type { ContactsSummary, Warning } from './hosting/contacts-room.ts'
export {
  type HostedOwner,
  type Hosting,
  type HostingDeps,
  type HostingOptions,
  type HostingReport,
  openHosting,
} from './hosting/hosting.ts'
export { readReleases } from './hosting/release-jobs.ts'
export { isLater as isLaterOrder, latest as latestOrder } from './hosting/release-state.ts'
export { KnownHosts } from './known-hosts.ts'
export { HostLatencies } from './latency.ts'
export { PURGE_AFTER_MS } from './limits.ts'
export { OwnContacts } from './own-contacts.ts'
export { type HeadContent, type HostToAsk, OwnHeads, type OwnHeadsDeps, type StartReport } from './own-heads.ts'
export {
  type ChosenPlacement,
  type Codes,
  candidates,
  codesFor,
  type PlacementRequest,
  placementFor,
  stayingCharter,
} from './placement.ts'
export type { FragmentId, Incarnation, OwnerState, OwnersAnswer, VerifyAnswer } from './protocol.ts'
export { Recovery, type RecoveryDeps, type RecoveryFinding, type RecoveryOptions } from './recover.ts'
export type {
  HeldBack,
  Notices,
  ReleaseAnswer,
  ReleaseOrder,
  ReleaseSummary,
  VerdictAnswer,
} from './release-protocol.ts'
export { verifyBrakeBudget, verifyCondemn, verifyUndo, verifyUnusualRelease } from './release-statements.ts'
export { type ReleasedStripe, type ReleaseItem, type ReleaseReport, Releaser, type TakenBack } from './releaser.ts'
export type { DisperseReport } from './report.ts'
export {
  encodePlacedStatement,
  type Owner,
  type PlacedRow,
  type PlacedStripe,
  placedFromStatement,
  recordHash,
  type Signer,
  signPlacement,
  signStripe,
  type VerifiedHead,
  verifyEpoch,
  verifyHead,
  verifyPlacement,
  verifyStripeRecord,
} from './statements.ts'
export { Strays } from './strays.ts'
export { type LogSource, syncKeyring, syncLog, witness } from './witness.ts'
