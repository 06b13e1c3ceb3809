const CHARACTERS_MIN = 8
const CHARACTERS_STEP = 4

/** Beginnings of ids, long enough to tell them apart: for people to read, and to type in. */
export function shortened(ids: readonly string[]): string[] {
  const different = new Set(ids).size
  for (let length = CHARACTERS_MIN; ; length += CHARACTERS_STEP) {
    const short = ids.map((id) => id.slice(0, length))
    if (new Set(short).size === different) return short
  }
}
