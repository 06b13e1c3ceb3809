import type { ApplianceOptions, ApplianceReady, StartOptions } from '#appliance'
import type {
  AskPassphrase,
  BoxClient,
  CommunityResult,
  CreateArguments,
  CreateResult,
  FoundOptions,
  OperationContext,
  RecoverArguments,
  RecoverResult,
} from '#box'
import type { Language } from '#text'

/** What a root request asks, as data: `kind` and the fields that `text` has words for. */
export interface RootRequestDescription {
  readonly kind: string
  readonly fields: Readonly<Record<string, string | number>>
}

/** All that commands need of a box. Loaded only once a command needs it: `--help` and mistakes answer at once. */
export interface BoxDoor {
  createBox(args: CreateArguments): Promise<CreateResult>
  openBox(folder: string, ask?: AskPassphrase): Promise<BoxClient>
  runAppliance(
    folder: string,
    options: ApplianceOptions,
    signal: AbortSignal,
    onReady: (at: ApplianceReady) => void,
  ): Promise<void>
  /** As `runAppliance`; people may rebuild another box in its place. `folder`: an absolute path. */
  startAppliance(
    folder: string,
    options: StartOptions,
    signal: AbortSignal,
    onReady: (at: ApplianceReady) => void,
  ): Promise<void>
  /** Of a rebuild that was cut short: puts back the box that stood aside, or forgets it. */
  settleRebuild(folder: string): Promise<void>
  /** In the place of the one before. */
  newSetupCode(folder: string): Promise<{ readonly code: string; readonly until: string }>
  foundCommunity(folders: readonly string[], options: FoundOptions): Promise<CommunityResult>
  recoverBox(args: RecoverArguments, context: OperationContext): Promise<RecoverResult>
  /** Until disposed of or dead, no other process locks this folder. BOX_IN_USE */
  lockFolder(folder: string): Disposable
  describeRootRequest(request: Uint8Array): RootRequestDescription
  signRootRequest(request: Uint8Array, words: string): Uint8Array
  /** The 24 words of an organisation's entropy. */
  wordsFromEntropy(entropy: Uint8Array, language: Language): readonly string[]
}
