import { realClock, realNet } from '#base'
import { MemoryNet, simClock, simRandom } from '#base/sim'
import { netConformance } from './net.ts'

netConformance('real net', () => {
  const net = realNet()
  return { dialler: net, listener: net, host: '127.0.0.1', clock: realClock(), run: (until) => until }
})

for (const seed of [1, 2, 3]) {
  netConformance(`memory net (SEED=${seed})`, () => {
    const clock = simClock({ startWallMs: 1_750_000_000_000 })
    const net = new MemoryNet(clock, simRandom(seed))
    return {
      dialler: net.on('near'),
      listener: net.on('far'),
      host: 'far',
      clock,
      run: (until) => clock.run(until),
    }
  })
}
