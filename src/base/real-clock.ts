import type { Clock, Deadline } from './ports.ts'

/** setTimeout fires at once above 2^31 − 1 ms; longer waits are cut in parts. */
const TIMER_MS_MAX = 2 ** 31 - 1

export function realClock(): Clock {
  return {
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, signal),
    deadline,
  }
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const cancel = after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function deadline(ms: number): Deadline {
  const controller = new AbortController()
  const cancel = after(ms, () => controller.abort(timeoutError()))
  return { signal: controller.signal, [Symbol.dispose]: cancel }
}

export function timeoutError(): DOMException {
  return new DOMException('The deadline has passed.', 'TimeoutError')
}

function after(ms: number, act: () => void): () => void {
  const end = performance.now() + ms
  let timer: NodeJS.Timeout
  const arm = () => {
    // Timers may fire up to a millisecond early by the monotonic clock: wait for the rest.
    const rest = end - performance.now()
    if (rest <= 0) return act()
    timer = setTimeout(arm, Math.min(Math.ceil(rest), TIMER_MS_MAX))
  }
  timer = setTimeout(arm, Math.min(Math.max(0, ms), TIMER_MS_MAX))
  return () => clearTimeout(timer)
}
