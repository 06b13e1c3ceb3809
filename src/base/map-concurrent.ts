/**
 * Runs `act` on each item, at most `limit` at once, and gives the results in the order of the items. After the first
 * failure no more are started, the signal of the running ones aborts, and the failure is thrown when all have ended:
 * nothing goes on behind the caller's back. Items are drawn only as they are needed.
 */
export async function mapConcurrent<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  act: (item: Item, signal: AbortSignal, index: number) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const stop = new AbortController()
  const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const results: Result[] = []
  const running = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    stop.abort(error)
  }
  try {
    let index = 0
    for await (const item of items) {
      if (inner.aborted) break
      const position = index++
      const one: Promise<void> = act(item, inner, position)
        .then((result) => {
          results[position] = result
        }, fail)
        .finally(() => running.delete(one))
      running.add(one)
      if (running.size >= limit) await Promise.race(running)
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(running)
  if (failure) throw failure.error
  signal?.throwIfAborted()
  return results
}
