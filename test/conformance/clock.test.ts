import { realClock } from '#base'
import { simClock } from '#base/sim'
import { clockConformance } from './clock.ts'

clockConformance('real clock', () => ({ clock: realClock(), run: (until) => until }))

clockConformance('simulated clock', () => {
  const clock = simClock({ startWallMs: 1_750_000_000_000 })
  return { clock, run: (until) => clock.run(until) }
})

clockConformance('clock of a simulated machine', () => {
  const clock = simClock({ startWallMs: 1_750_000_000_000 })
  return { clock: clock.machine({ wallOffsetMs: 5000 }), run: (until) => clock.run(until) }
})
