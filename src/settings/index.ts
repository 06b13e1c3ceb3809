export { copySettings, takeCopy } from './copy.ts'
export { openSettings, type Settings, type SettingsTransaction } from './database.ts'
export type { IntentState, Role, Tables, TaskState } from './tables.ts'
