/** In which looks screens are looked at. */
import { test } from 'node:test'
import { type Looks, NARROW, WIDE } from './browser.ts'

const ALL: readonly Looks[] = (['fr', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) => [WIDE, NARROW].map((size) => ({ language, theme, size }))),
)
/** Of all stories, by `npm run e2e`; beside all other tests, as `npm test` does it, some of what is alike is enough. */
const IS_WHOLE = process.env.DATIS_STORIES === 'whole'
/** A story that others are like, or that takes long: with all stories only. */
export const oneOfMany: typeof test | (() => undefined) = IS_WHOLE ? test : () => undefined

const IS_ALL = process.env.DATIS_PICTURES !== undefined
const [FIRST, LAST] = [ALL.slice(0, 1), ALL.slice(-1)]

/** Each language, theme and width once; all of them together when somebody wants the pictures. */
export const WANTED = IS_ALL ? ALL : [...FIRST, ...LAST]
/** One alone: of what the others look at already; and of what takes long, with all stories only. */
export const WANTED_FIRST = IS_ALL ? ALL : FIRST
export const WANTED_LAST = IS_ALL ? ALL : IS_WHOLE ? LAST : []

export function namedFor({ language, theme, size }: Looks, what: string): string {
  return `${what}-${language}-${theme}-${size.width}`
}
