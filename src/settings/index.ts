export { openSettings, type Settings } from './database.ts'
export type { Role, Tables } from './tables.ts'
