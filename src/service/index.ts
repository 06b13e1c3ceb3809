export { type Alarm, Alarms, fallen } from './alarms.ts'
export { type Intent, Intents } from './intents.ts'
export { Scheduler } from './scheduler.ts'
export { type Task, type TaskError, Tasks, unknownTask } from './tasks.ts'
