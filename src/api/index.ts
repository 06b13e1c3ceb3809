export type { ApiDeps, ApiTls } from './deps.ts'
export { type Api, buildApi, changeTls } from './server.ts'
