/** In which looks screens are looked at. */
import { type Looks, NARROW, WIDE } from './browser.ts'

const ALL: readonly Looks[] = (['fr', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) => [WIDE, NARROW].map((size) => ({ language, theme, size }))),
)
/** Each language, theme and width once; all of them together when somebody wants the pictures. */
const ONCE = ALL.filter((_, n) => [0, 7].includes(n))
export const WANTED = process.env.DATIS_PICTURES === undefined ? ONCE : ALL

export function namedFor({ language, theme, size }: Looks, what: string): string {
  return `${what}-${language}-${theme}-${size.width}`
}
