/**
 * What a box does for a person: the one list behind the command line, the local socket and, later, the web API.
 * Arguments and results are plain JSON; the results are what `--json` prints.
 */
import type { DisperseReport } from '#dispersal'
import type {
  ActResult,
  CommunityResult,
  DrainResult,
  FounderIdentity,
  InviteResult,
  PendingResult,
  WithoutArguments,
  WithoutResult,
} from './community-results.ts'
import type { Fall } from './falls.ts'
import type { FindArguments, FindResult } from './find-results.ts'
import type {
  ContactsResult,
  LimitsArguments,
  LimitsResult,
  MailResult,
  MailServerArguments,
  NoticeArguments,
  PeerListResult,
  ProbeResult,
} from './line-results.ts'
import type { FolderListArguments, FolderListResult, PreviewArguments, PreviewResult } from './preview-results.ts'
import type { RecoveryMember } from './recover-results.ts'
import type {
  ApproveArguments,
  ApproveResult,
  BrakeResult,
  CancelResult,
  HeadListResult,
  ReleaseListResult,
  RootApplied,
  RootRequestArguments,
  RootRequestResult,
  VerdictResult,
} from './release-results.ts'
import type {
  CollectResult,
  DrillEvidence,
  DrillResult,
  ExpireResult,
  HoldResult,
  PolicyResult,
  SourcePolicies,
  StateResult,
  VaultScrubResult,
} from './retention-results.ts'
import type {
  FolderArguments,
  FolderPage,
  ReturnArguments,
  SnapshotListArguments,
  SnapshotPage,
  VersionsArguments,
  VersionsResult,
  WhenceArguments,
  WhenceResult,
  Within,
} from './saved-results.ts'

export type * from './community-results.ts'
export type * from './find-results.ts'
export type * from './line-results.ts'
export type * from './preview-results.ts'
export type * from './recover-results.ts'
export type * from './release-results.ts'
export type * from './retention-results.ts'
export type * from './saved-results.ts'

export interface ProgressEvent {
  /** A name that `text` has words for: `walk`, `snapshot`, `encode`, `recode`, `upload`, `witness`, `fetch`, `collect`, `drill`, `find`, `restore`, `check`, `reindex`, `recover`, `probe`, `drain`. */
  readonly phase: string
  readonly filesDone?: number
  readonly filesTotal?: number
  readonly bytesDone?: number
  readonly bytesTotal?: number
  /** Other boxes that have done their part. */
  readonly boxesDone?: number
  readonly boxesTotal?: number
  /** Whom a recovery has asked. */
  readonly members?: readonly RecoveryMember[]
  /** A state reached on the way, which people should see: `protected`. */
  readonly reached?: string
}

export interface OperationContext {
  readonly signal: AbortSignal
  onProgress(event: ProgressEvent): void
}

/** A path for people and, in base64, its exact bytes. */
export interface ShownPath {
  readonly path: string
  readonly pathBytes: string
}

export interface SourceArguments {
  readonly name: string
  readonly paths: readonly string[]
  readonly excludes: readonly string[]
  readonly oneFileSystem: boolean
  /** Retention policies by name, or as they are written; absent: the box's default of that side. */
  readonly local?: string
  readonly remote?: string
  /** Who comes first when several are due; absent: normal. */
  readonly importance?: 'high' | 'normal' | 'low'
  /** Of reading it, in kbit/s; absent: as fast as it goes. */
  readonly kbit?: number
}

export interface SourceResult extends SourceArguments {
  /** No snapshot of it is taken any more. */
  readonly ended?: true
}

/** What is absent stays as it is. */
export interface SourceChange {
  readonly name: string
  readonly paths?: readonly string[]
  readonly excludes?: readonly string[]
  readonly oneFileSystem?: boolean
  readonly importance?: 'high' | 'normal' | 'low'
  /** Null: as fast as it goes. */
  readonly kbit?: number | null
  readonly ended?: boolean
}

export interface IncompleteItem extends ShownPath {
  /** `EACCES`, `EIO`, `TORN`, … */
  readonly cause: string
}

export interface SnapshotResult {
  readonly id: string
  readonly source: string
  readonly startedAt: string
  readonly at: string
  readonly state: 'complete' | 'incomplete'
  /** Where it is kept still. */
  readonly local: boolean
  readonly remote: boolean
  /** Why no policy expires it. */
  readonly hold: string | null
  readonly files: number
  readonly bytes: number
  /** It has far less than the complete one before it, which had so much. */
  readonly fall: Fall | null
  readonly incomplete: readonly IncompleteItem[]
}

/** A source of which nothing could be read; the others were saved. */
export interface FailedSource {
  readonly source: string
  readonly code: string
}

export interface EntryResult extends ShownPath {
  readonly kind: 'file' | 'folder' | 'symlink' | 'hardlink' | 'other'
  readonly bytes: number
  readonly mode: string
  readonly uid: number
  readonly gid: number
  readonly modified: string
  readonly target?: string
  readonly incomplete?: string
}

/** A host that did not do what was asked of it, and why. */
export interface HostTrouble {
  readonly host: string
  /** As charters call it; empty when none does. */
  readonly name: string
  readonly code: string
}

/** Trouble by box id alone becomes trouble with names. */
export type WithNames<Result> = Omit<Result, 'trouble'> & { readonly trouble: readonly HostTrouble[] }

export interface DisperseResult {
  readonly state: 'whole' | 'protected' | 'stored'
  /** Number of the newest head. */
  readonly head: number
  readonly receipts: number
  readonly needed: number
  /** `lost`: packs that burnt before they were protected and that no newest complete snapshot needs; not in `total`. */
  readonly stripes: DisperseReport['stripes']
  /** Hosts that did not answer or refused, by box id, with a code. */
  readonly trouble: readonly { readonly host: string; readonly code: string }[]
}

export interface RestoreArguments {
  /** Snapshot id, a prefix of it, or `latest`. */
  readonly id: string
  /** Inside the snapshot, UTF-8; empty for everything. */
  readonly path: string
  readonly target: string
  /** What to do with what is in the way: refuse (default), overwrite, write beside with the date, only what is missing. */
  readonly mode: 'refuse' | 'over' | 'beside' | 'missing'
  readonly dryRun: boolean
}

export interface RestoreResult {
  readonly files: number
  readonly bytes: number
  readonly failed: readonly IncompleteItem[]
  readonly notSet: readonly (IncompleteItem & { readonly what: string })[]
  /** Fragments found damaged on the way and worked around. */
  readonly damaged: readonly DamagedFragment[]
}

export interface DamagedFragment {
  /** Box id of the host, or `local` for the box's own vault. */
  readonly host: string
  /** `<pack id>.<row>`, or the pack id for the vault's own copy. */
  readonly fragment: string
}

export interface CheckResult {
  readonly ok: boolean
  readonly packs: number
  readonly bytes: number
  readonly damaged: readonly DamagedFragment[]
  /** Hosts that could not be asked. */
  readonly unreached: readonly string[]
}

/** Fragments of one class as owner and host count them alike: bytes without headers; released and not forgotten apart. */
export interface KeptResult {
  readonly class: 'data' | 'metadata'
  readonly fragments: number
  readonly bytes: number
  readonly releasedFragments: number
  readonly releasedBytes: number
}

/** An organisation that is a member no more, and until when it is given back what is its own. */
export interface Former {
  readonly how: 'left' | 'expelled'
  readonly until: string
}

/** What a box keeps for one other box. Times are lived ms of the host. */
export interface HostedResult {
  readonly box: string
  readonly name: string
  readonly organisation: string
  /** Null of a member. */
  readonly former: Former | null
  /** All that lies there for it: fragments, what was set aside, log, heads. */
  readonly bytes: number
  readonly heldBytes: number
  readonly releasedBytes: number
  readonly nextPurgeMs: number | null
  readonly lastPurgeMs: number | null
  /** Fragments that were found damaged and have not come again. */
  readonly rotten: number
  readonly contacts: HostedContacts
  readonly classes: readonly KeptResult[]
}

/** Whom this box tells of unusual releases of an owner, as its owner has said. */
export interface HostedContacts {
  readonly known: boolean
  readonly people: number
  /** Who were contacts within the last 90 lived days, and are told still. */
  readonly former: number
  /** Notices of the last 44 days that nobody was told of. */
  readonly untold: number
  readonly toldAt: string | null
  /** Addresses of which the last mail did not go. */
  readonly failing: number
}

export interface HostingResult {
  readonly store: string
  readonly livedMs: number
  /** Clocks disagree: nothing is purged. */
  readonly frozen: boolean
  readonly disk: { readonly usedBytes: number; readonly totalBytes: number; readonly limitBytes: number }
  /** For each other organisation; null without a community. */
  readonly quotaBytes: number | null
  readonly owners: readonly HostedResult[]
  /** Whether this box can warn anybody. */
  readonly mail: boolean
  readonly damaged: readonly string[]
  /** Where this box's own fragments are, as hosts acknowledged them: after a dispersal what those hosts say, too. */
  readonly own: readonly {
    readonly host: string
    readonly name: string
    readonly former: Former | null
    readonly fragments: number
    readonly bytes: number
    readonly releasedFragments: number
    readonly classes: readonly KeptResult[]
  }[]
}

export interface ScrubResult {
  readonly fragments: number
  readonly rotten: readonly { readonly owner: string; readonly fragment: string }[]
}

export interface KeysResult {
  /** False: whoever takes the disk of this box reads everything. */
  readonly keysSealed: boolean
}

/** Every operation that an opened or running box offers: name → [arguments, result]. */
export interface Operations {
  /** How safe everything is, as of now. */
  'state.show': [Within, StateResult]
  'source.add': [SourceArguments, { readonly name: string }]
  'source.set': [SourceChange, SourceResult]
  'source.list': [Within, { readonly items: readonly SourceResult[] }]
  /** What a snapshot would save and leave out. */
  'source.preview': [PreviewArguments, PreviewResult]
  /** Folders of the box's own disk, one level. */
  'folder.list': [FolderListArguments, FolderListResult]
  'policy.list': [Within, { readonly items: readonly PolicyResult[]; readonly sources: readonly SourcePolicies[] }]
  /** Policies by name, or as they are written. */
  'policy.set': [{ readonly source: string; readonly local?: string; readonly remote?: string }, SourcePolicies]
  'snapshot.take': [
    { readonly sources: readonly string[] },
    { readonly snapshots: readonly SnapshotResult[]; readonly failed: readonly FailedSource[] },
  ]
  'snapshot.list': [SnapshotListArguments, SnapshotPage]
  'snapshot.show': [FolderArguments, FolderPage]
  'snapshot.versions': [VersionsArguments, VersionsResult]
  /** Where the bytes of these paths would come from. */
  'snapshot.whence': [WhenceArguments, WhenceResult]
  'snapshot.find': [FindArguments, FindResult]
  'community.show': [Record<string, never>, CommunityResult]
  /** What still holds without these boxes, by their ids, the beginnings of them, or their names. */
  'community.without': [WithoutArguments, WithoutResult]
  'community.invite': [
    { readonly contacts: readonly string[]; readonly for?: string; readonly validMs?: number },
    InviteResult,
  ]
  /** `name`: of the organisation. */
  'community.join': [{ readonly code: string; readonly name?: string }, CommunityResult]
  /** For a further box of a member: no code, but where a member answers. */
  'community.enter': [{ readonly contacts: readonly string[] }, CommunityResult]
  /** Where this box is reached from now on, likeliest first. */
  'community.readdress': [{ readonly addresses: readonly string[] }, ActResult]
  'community.pending': [Record<string, never>, { readonly items: readonly PendingResult[] }]
  /** The act's hash, or the beginning of one. */
  'community.approve': [{ readonly act: string }, ActResult]
  /**
   * Before leaving: until nobody leans on this box any more, or the time is over. `box`: the one that is to be taken out
   * (its id, or the beginning of one), if not the whole organisation; for another one there is nobody to wait for.
   */
  'community.drain': [{ readonly waitMs: number; readonly box?: string }, DrainResult]
  'community.stay': [Record<string, never>, ActResult]
  'community.leave': [Record<string, never>, ActResult]
  /** Of the own organisation, by its id or the beginning of one. */
  'community.remove': [{ readonly box: string }, ActResult]
  /** Its id, the beginning of one, or its name. */
  'community.expel': [{ readonly organisation: string }, ActResult]
  'community.revoke': [{ readonly invitation: string }, ActResult]
  disperse: [{ readonly waitMs: number }, WithNames<DisperseResult>]
  restore: [RestoreArguments, RestoreResult]
  /** Where they were saved from, within the folders that the source has now. */
  'files.return': [ReturnArguments, RestoreResult]
  'vault.fetch': [Record<string, never>, { readonly packs: number; readonly bytes: number }]
  'snapshot.hold': [{ readonly id: string; readonly reason: string | null }, HoldResult]
  /** All that no policy keeps; `dryRun`: says so only. */
  'snapshot.expire': [{ readonly dryRun: boolean }, ExpireResult]
  'vault.scrub': [Record<string, never>, VaultScrubResult]
  'vault.collect': [Record<string, never>, CollectResult]
  /** Files rebuilt from what hosts give alone; `sample`: how many of each source, 20 by default. */
  'drill.run': [{ readonly sample?: number; readonly source?: string }, DrillResult]
  'drill.list': [Within, { readonly items: readonly DrillEvidence[] }]
  'vault.check': [Record<string, never>, CheckResult]
  'vault.reindex': [
    Record<string, never>,
    { readonly packs: number; readonly chunks: number; readonly snapshots: number },
  ]
  /** The copy of the settings in their folder, as a snapshot of a source of its own. */
  'settings.save': [Record<string, never>, { readonly snapshot: string }]
  /** Back into their folder; whether there were any. */
  'settings.bring': [Record<string, never>, { readonly found: boolean }]
  'hosting.show': [Record<string, never>, HostingResult]
  /** Reads again all that this box keeps for others. */
  'hosting.scrub': [Record<string, never>, ScrubResult]
  'release.list': [Record<string, never>, ReleaseListResult]
  /** Empty: all that is released. */
  'release.cancel': [{ readonly packs: readonly string[] }, CancelResult]
  /** Of another member's box, given by its id, the beginning of it, or its name. */
  'release.undo': [{ readonly owner: string }, VerdictResult]
  'release.approve': [ApproveArguments, ApproveResult]
  'brake.show': [Record<string, never>, BrakeResult]
  'limits.show': [Record<string, never>, LimitsResult]
  'limits.set': [LimitsArguments, LimitsResult]
  'peer.list': [Record<string, never>, PeerListResult]
  'peer.probe': [Record<string, never>, ProbeResult]
  'contacts.show': [Record<string, never>, ContactsResult]
  /** Empty: nobody. */
  'contacts.set': [{ readonly contacts: readonly string[] }, ContactsResult]
  'mail.show': [Record<string, never>, MailResult]
  /** Null: none any more. */
  'mail.set': [{ readonly server: MailServerArguments | null }, MailResult]
  'notice.send': [NoticeArguments, { readonly sent: number }]
  'mail.test': [{ readonly to: string }, { readonly sent: string }]
  'keys.show': [Record<string, never>, KeysResult]
  /** Under this passphrase from now on. */
  'keys.seal': [{ readonly passphrase: string }, KeysResult]
  'keys.unseal': [Record<string, never>, KeysResult]
  /** Founding, in three steps over all founders' folders: who are you; sign this charter; keep it. */
  'community.identify': [{ readonly successor: boolean }, FounderIdentity]
  'community.sign': [{ readonly charter: string /* base64 */ }, { readonly signature: string /* base64 */ }]
  'community.adopt': [{ readonly charter: string /* base64 of the signed charter */ }, CommunityResult]
  'root.heads': [{ readonly owner: string | null }, HeadListResult]
  'root.request': [RootRequestArguments, RootRequestResult]
  'root.apply': [{ readonly statement: string /* base64 of the signed file */ }, RootApplied]
}

export type OperationName = keyof Operations

/** A box that one process owns: opened here, or running elsewhere and reached over its local socket. */
export interface BoxClient extends AsyncDisposable {
  /** Whether another process runs the box; else it is opened for this command alone. */
  readonly runs: boolean
  call<Name extends OperationName>(
    name: Name,
    args: Operations[Name][0],
    context: OperationContext,
  ): Promise<Operations[Name][1]>
}

/** For a box whose keys are sealed; null when nobody can say it. */
export type AskPassphrase = (folder: string) => Promise<string | null>

export interface CreateArguments {
  readonly folder: string
  readonly name: string
  readonly zone: string
  readonly listen: string
  readonly address: string
  /** The words of an organisation that exists; a new organisation is made when absent. */
  readonly words?: string
}

/** `words` are shown once and stored nowhere. Null when the caller gave them. */
export interface CreateResult {
  readonly box: string
  readonly root: string
  readonly entropy: Uint8Array | null
}

/*
 * Beside `Operations`, the door #box exports:
 *
 *   createBox(args: CreateArguments): Promise<CreateResult>
 *   openBox(folder: string, ask?: AskPassphrase): Promise<BoxClient>    the running box's socket, else the folder itself
 *   runBox(folder: string, options: RunOptions, signal: AbortSignal, onReady: (at: Ready) => void): Promise<void>
 *   lockFolder(folder: string): Disposable                 until disposed of or dead, nobody else locks it
 *   foundCommunity(folders: readonly string[], options?: FoundOptions): Promise<CommunityResult>
 *   recoverBox(args: RecoverArguments, context: OperationContext): Promise<RecoverResult>
 *   describeRootRequest(request: Uint8Array): RootRequestDescription   what it asks, as data for `text`
 *   signRootRequest(request: Uint8Array, words: string): Uint8Array
 */
