/** How many more may fall. Pure. */
import type { CommunityResult, StateResult } from '#box'

/**
 * For sure, when these are gone; null: not enough is with hosts for that. Of what is *protected* half of the spare
 * fragments are confirmed, of what is *whole* all.
 */
export function marginOf(
  { state, trouble }: Pick<StateResult, 'state' | 'trouble'>,
  { n, k }: CommunityResult['code'],
  gone: readonly string[],
): number | null {
  if (state !== 'whole' && state !== 'protected') return null
  const spare = state === 'whole' ? n - k : Math.ceil((n - k) / 2)
  // Whom the last round did not reach was not counted: it cannot be lost twice.
  return spare - gone.filter((box) => !trouble.some(({ host }) => host === box)).length
}

const ID_SHOWN = 8

/** As its members call it; the beginning of its id when they do not. */
export function boxName({ name, box }: { readonly name: string; readonly box: string }): string {
  return name === '' ? box.slice(0, ID_SHOWN) : name
}
