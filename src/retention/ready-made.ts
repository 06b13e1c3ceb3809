/** Policies that need no thought. */
import { type Policy, parsePolicy } from './policy.ts'

export const READY_MADE: readonly Policy[] = [
  'continuous: <2 h, 5 min>, <4 h, 15 min>, <24 h, 1 h>, <30 d, 1 d>',
  'daily: <7 d, 1 d>, <5 w, 1 w>',
  'backup 30 d: <2 h, 15 min>, <24 h, 1 h>, <30 d, 1 d>',
  'backup 90 d: <2 h, 15 min>, <24 h, 1 h>, <90 d, 1 d>',
  'archive 5 years: <30 d, 1 d>, <12 mo, 1 w>, <5 y, 1 mo>',
  'for ever: <24 h, 1 h>, <30 d, 1 d>, <for ever, 1 mo>',
].map(parsePolicy)

/** On the box itself, and on its hosts. */
export const DEFAULTS = { local: 'backup 30 d', remote: 'backup 90 d' } as const
