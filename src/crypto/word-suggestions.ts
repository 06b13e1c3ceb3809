/** What somebody meant who misread or mistyped one word of a list. */

const SUGGESTIONS_MAX = 3
/** The first four letters tell any two words of a BIP39 list apart. */
const PREFIX_LETTERS = 4
const DISTANCE_MAX = 3

/** Up to three words, nearest first: same first four letters, then by the number of slips between them. */
export function suggestionsFor(word: string, byPlain: ReadonlyMap<string, string>): string[] {
  const scored: { readonly shown: string; readonly score: number }[] = []
  for (const [plain, shown] of byPlain) {
    const score = scoreOf(word, plain)
    if (score <= DISTANCE_MAX) scored.push({ shown, score })
  }
  scored.sort((a, b) => a.score - b.score)
  return scored.slice(0, SUGGESTIONS_MAX).map(({ shown }) => shown)
}

/** Lower is nearer; what is worth no suggestion is above DISTANCE_MAX. */
function scoreOf(word: string, candidate: string): number {
  const sharesPrefix = word.length >= PREFIX_LETTERS && candidate.startsWith(word.slice(0, PREFIX_LETTERS))
  if (sharesPrefix || (word.length >= 2 && candidate.startsWith(word))) return 0.5
  if (Math.abs(word.length - candidate.length) > DISTANCE_MAX) return Number.POSITIVE_INFINITY
  const slips = slipsBetween(word, candidate)
  // Three slips in a word of four letters make any other word.
  return slips * 2 > Math.max(word.length, candidate.length) ? Number.POSITIVE_INFINITY : slips
}

/** Letters added, left out, replaced, or two neighbours swapped (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const steps = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1)]
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps.push(at(before, j - 2) + 1)
      row.push(Math.min(...steps))
    }
    before = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
