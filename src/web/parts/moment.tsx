/** When: as people say it, exactly on demand. */
import { useWords } from '../app/words.tsx'
import { useTicks } from './ticks.ts'
import { isZoneOfDevice } from './zone.ts'

const STEPS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** `at`: an ISO instant or wall ms. */
export function Moment({ at }: { readonly at: string | number }) {
  const { say, language, formats, zone } = useWords()
  useTicks()
  const date = new Date(at)
  const exact = formats.instant(date.toISOString())
  return (
    <time dateTime={date.toISOString()} title={isZoneOfDevice(zone) ? exact : `${exact} (${zone})`}>
      {relative(language, (date.getTime() - Date.now()) / 1000) ?? say.justNow}
    </time>
  )
}

/** Null: within a minute. */
function relative(language: string, seconds: number): string | null {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length)
  if (step === undefined) return null
  return words.format(Math.round(seconds / step[1]), step[0])
}
