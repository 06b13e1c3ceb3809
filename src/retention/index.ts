export { keptOf, type Moment, simulated, type Taken } from './kept.ts'
export { checkPolicy, formatPolicy, type Policy, parsePolicy, type Tier } from './policy.ts'
export { DEFAULTS, READY_MADE } from './ready-made.ts'
export type { Span } from './span.ts'
