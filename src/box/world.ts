import {
  type BytePath,
  type Clock,
  type Disk,
  joinPath,
  jsonLog,
  type Log,
  type Mailer,
  type Net,
  pathToText,
  type Random,
  realClock,
  realDisk,
  realMailer,
  realNet,
  realRandom,
  startWorkers,
  type Workers,
  type WriteLogLine,
} from '#base'
import { FAST_GRACES, type Graces, USUAL_GRACES } from '#dispersal'
import { http2Transport, LinePace, type Transport } from '#network'
import { lockDataFolder } from './lock.ts'

/** Everything a box meets: the ports, and what is built on them differently in a simulation. */
export interface World {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  /** What the transport keeps to. */
  readonly pace: LinePace
  /** What this machine and its router say of their addresses. */
  readonly net: Pick<Net, 'ownAddresses' | 'routerAddress'>
  readonly log: Log
  readonly mailer: Mailer
  /** A pool of threads; each room of the box has its own, so that a long snapshot never delays a host's answer. */
  startWorkers(size: number): Workers
  /** Where the SQLite index of a vault stands: a file, or `:memory:`. */
  indexPath(vaultFolder: BytePath): string
  /** Makes the caller the only owner of a data folder until disposed of. `BOX_IN_USE` when it is not. */
  lock(folder: BytePath): Disposable
  /** Threads for the heavy rooms. */
  readonly threads: number
  readonly graces: Graces
}

const THREADS_MAX = 4

export function realWorld(options: { threads: number; logTo: WriteLogLine; fast?: boolean }): World {
  const clock = realClock()
  const random = realRandom()
  const net: Net = realNet()
  const pace = new LinePace(clock)
  const log = jsonLog(options.logTo, clock)
  return {
    disk: realDisk(),
    clock,
    random,
    log,
    net,
    mailer: realMailer(),
    pace,
    transport: http2Transport({ net, clock, random, log, pace }),
    startWorkers: (size) => startWorkers({ size }),
    indexPath: (vaultFolder) => pathToText(joinPath(vaultFolder, 'index.sqlite')),
    lock: lockDataFolder,
    threads: Math.max(1, Math.min(THREADS_MAX, options.threads)),
    graces: options.fast === true ? FAST_GRACES : USUAL_GRACES,
  }
}
