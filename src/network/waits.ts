/** Waiting with an end: every wait of this layer goes through one of these. */
import { type Clock, DatisError } from '#base'

/** `promise`, or the signal's reason when it aborts first. What `promise` does later is ignored. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}

/** Runs `act` under a deadline: PEER_TIMEOUT {what, ms} when it passes, the signal's reason when it aborts. */
export async function within<T>(
  clock: Clock,
  { ms, what }: { ms: number; what: string },
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = clock.deadline(ms)
  const either = AbortSignal.any([signal, deadline.signal])
  try {
    return await abortable(act(either), either)
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) {
      throw new DatisError('PEER_TIMEOUT', 'A peer did not answer in time.', { what, ms }, { cause: error })
    }
    throw error
  }
}

/** Calls `tick` every `ms` until disposed. */
export function every(clock: Clock, ms: number, tick: () => void): Disposable {
  let stopped = false
  let deadline = clock.deadline(ms)
  const arm = (): void => deadline.signal.addEventListener('abort', onTime, { once: true })
  const onTime = (): void => {
    if (stopped) return
    deadline = clock.deadline(ms)
    arm()
    tick()
  }
  arm()
  return {
    [Symbol.dispose]() {
      stopped = true
      deadline[Symbol.dispose]()
    },
  }
}

export interface IdleWatch extends Disposable {
  touch(): void
}

/** Calls `onIdle` once nothing was touched during two periods; one timer a period instead of one a chunk. */
export function watchIdle(clock: Clock, periodMs: number, onIdle: () => void): IdleWatch {
  let silent = 0
  const timer = every(clock, periodMs, () => {
    silent++
    if (silent === 2) onIdle()
  })
  return {
    touch() {
      silent = 0
    },
    [Symbol.dispose]() {
      timer[Symbol.dispose]()
    },
  }
}
