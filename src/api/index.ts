export type { ApiDeps, ApiTls } from './deps.ts'
export type {
  FirstStart,
  NewBox,
  Practice,
  PracticeState,
  RebuildArguments,
  RebuildState,
} from './first-start.ts'
export { buildRebuildApi } from './rebuild-server.ts'
export { type Api, buildApi, changeTls } from './server.ts'
