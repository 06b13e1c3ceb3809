/** Retention policies as sentences. */

export interface SpanWords {
  /** `2 hours`, `a day` as a length. */
  length(count: number, unit: SpanUnit): string
  /** `every 15 minutes`, `each day` as a pace. */
  pace(count: number, unit: SpanUnit): string
  /** `one every 15 minutes for 2 hours` */
  tier(pace: string, length: string | null): string
  join(tiers: readonly string[]): string
}

export type SpanUnit = 'min' | 'h' | 'd' | 'w' | 'mo' | 'y'

const TIER = /<\s*(for ever|\d+\s*\w+)\s*,\s*(\d+)\s*(min|h|d|w|mo|y)\s*>/g

/** Null when it does not have the form in which a box writes policies. */
export function policySentence(words: SpanWords, policy: string): string | null {
  const tiers = [...policy.matchAll(TIER)].map(([, long = '', count = '', unit = '']) => {
    const [, longCount, longUnit] = /^(\d+)\s*(\w+)$/.exec(long) ?? []
    const length = longCount === undefined ? null : words.length(Number(longCount), longUnit as SpanUnit)
    return words.tier(words.pace(Number(count), unit as SpanUnit), length)
  })
  return tiers.length === 0 ? null : words.join(tiers)
}
