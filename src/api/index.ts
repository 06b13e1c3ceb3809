export type { ApiDeps } from './deps.ts'
export { type Api, buildApi } from './server.ts'
