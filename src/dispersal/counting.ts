/** How many must have, and how many must answer: security rules 4 and 5, as arithmetic. */
import type { Code } from '#coding'

/** With five others: below, one dead and one liar cannot be told apart. */
const OTHERS_FOR_NEWEST_MIN = 5

/** Six organisations up, our own counted. */
export function manyOrganisations(h: number): boolean {
  return h >= OTHERS_FOR_NEWEST_MIN
}

function majority(h: number): number {
  return Math.floor(h / 2) + 1
}

/** R: receipts that a head needs, of `h` other organisations with one receipt each. */
export function receiptsNeeded(h: number, n: number, k: number): number {
  if (h <= 0) return 0
  if (!manyOrganisations(h)) return majority(h)
  return Math.min(h, Math.max(majority(h), n - k + 2))
}

/**
 * Answers after which no witnessed head can have been missed: at most h − R have not seen it; one more has; from six
 * organisations up one more still, since one may lie.
 */
export function answersNeeded(h: number, receipts: number): number {
  if (h <= 0) return 0
  return Math.min(h, h - receipts + (manyOrganisations(h) ? 2 : 1))
}

/** R when the code is not known for sure: the lowest that any code gives, so that most answers are asked for. */
export function receiptsAtLeast(h: number): number {
  return h <= 0 ? 0 : majority(h)
}

/** Distinct hosts with an fsynced fragment from which on a stripe is protected (rule 5). */
export function protectedFrom({ n, k }: Code): number {
  return k + Math.ceil((n - k) / 2)
}

/** Metadata stripes up to six boxes are coded for every other box, and whole with as many as the data code's n. */
export function wholeFrom(code: Code, packClass: 'data' | 'metadata', dataCode: Code): number {
  return packClass === 'metadata' ? Math.min(code.n, dataCode.n) : code.n
}

export type StripeState = 'stored' | 'protected' | 'whole'

export function stripeState(hosts: number, code: Code, packClass: 'data' | 'metadata', dataCode: Code): StripeState {
  if (hosts >= wholeFrom(code, packClass, dataCode)) return 'whole'
  return hosts >= protectedFrom(code) ? 'protected' : 'stored'
}

/** That of the worst stripe, once enough hosts have signed for the head. */
export function overall(states: readonly StripeState[], witnessed: boolean): StripeState {
  if (!witnessed || states.includes('stored')) return 'stored'
  return states.includes('protected') ? 'protected' : 'whole'
}
