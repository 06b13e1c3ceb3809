export { wordsFromEntropy } from '#crypto'
export { createBoxIn } from './create.ts'
export { foundWith } from './found.ts'
export { OpenedBox } from './opened-box.ts'
export { outermost } from './operations/return.ts'
export type * from './operations.ts'
export {
  type Beside,
  createBox,
  type FoundOptions,
  foundCommunity,
  lockFolder,
  openBox,
  type RunningBox,
  type RunOptions,
  recoverBox,
  runBox,
  signRootRequest,
  whereSettingsAre,
} from './real.ts'
export { recoverBoxIn } from './recover.ts'
export { describeRootRequest, signRootRequest as signRootRequestWith } from './root-requests.ts'
export type { OpenSnapshot, SavedEntry, SavedSnapshot } from './saved-files.ts'
export type { World } from './world.ts'
