/** What a recovery makes of heads and pages: pure decisions. docs/protocol/recovery.md */
import { checkFrames, type Epoch, framesIn, type LogEnd } from '#crypto'
import { HEAD_LIST_MAX } from './limits.ts'
import type { VerifiedHead } from './statements.ts'

/** A head of an epoch that root has ended, behind the last good one. */
export function isEnded({ head, hash }: VerifiedHead, epoch: Epoch | null): boolean {
  if (epoch === null || head.epoch >= epoch.epoch) return false
  const { lastGood } = epoch
  if (lastGood === null || head.number > lastGood.number) return true
  return head.number === lastGood.number && hash !== lastGood.hash
}

export function chainOf(highest: VerifiedHead, byHash: ReadonlyMap<string, VerifiedHead>): VerifiedHead[] {
  const chain = [highest]
  for (let first = highest; chain.length <= HEAD_LIST_MAX; ) {
    const before = byHash.get(first.head.previous)
    if (before === undefined || before.head.number !== first.head.number - 1) break
    chain.unshift(before)
    first = before
  }
  return chain
}

/** A page that ends where it should, with the end that it starts from; null when it is anything else. */
export function pageBefore(bytes: Uint8Array, until: LogEnd): { bytes: Uint8Array; start: LogEnd } | null {
  for (const { number, previous } of framesIn(bytes, 0)) {
    const start = { frames: number, hash: previous }
    const end = checkFrames(bytes, start)
    return end.frames === until.frames && end.hash === until.hash ? { bytes, start } : null
  }
  return null
}
