import { type Log, realNet } from '#base'
import { http2Transport, memoryTransport } from '#network'
import { transportConformance } from './transport.ts'
import { countedRandom, manualClock, pipeNet } from './transport-people.ts'

transportConformance('http2Transport', () => {
  const [net, clock] = [realNet(), manualClock()]
  const transport = (log: Log) => http2Transport({ net, clock, random: countedRandom(), log })
  return { net, clock, listenAt: { host: '127.0.0.1', port: 0 }, transport }
})

transportConformance('memoryTransport', () => {
  const [net, clock] = [pipeNet(), manualClock()]
  return { net, clock, listenAt: { host: 'here', port: 0 }, transport: (log) => memoryTransport({ net, clock, log }) }
})
