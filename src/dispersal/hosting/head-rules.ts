/** When a host takes a head: pure decisions. docs/protocol/heads.md */
import { DatisError } from '#base'
import type { Epoch } from '#crypto'
import type { Incarnation } from '../protocol.ts'
import type { VerifiedHead } from '../statements.ts'

/** Hex of the previous hash in the first head. */
const NO_PREVIOUS = '0'.repeat(64)

export interface Branch {
  /** Null until the first head. */
  readonly newest: VerifiedHead | null
  /** The root's newest word on branches. */
  readonly epoch: Epoch | null
}

/** Lower counts are clones or disks that were rolled back; an equal count with other bytes is a clone. */
export function checkIncarnation(incarnation: Incarnation, known: Incarnation | null): void {
  if (known === null || incarnation.count > known.count) return
  if (incarnation.count === known.count && incarnation.bytes === known.bytes) return
  throw new DatisError('HEAD_INCARNATION_REFUSED', 'A later start of this box is known: this one must stop.', {
    count: incarnation.count,
    known: known.count,
  })
}

/** Heads of one message stand in a row, and none is by a start later than the sender's. */
export function checkRow(heads: readonly VerifiedHead[], sender: Incarnation): void {
  for (const [index, one] of heads.entries()) {
    if (one.head.incarnation.count > sender.count) throw incarnationRefused(one)
    if (one.head.incarnation.count === sender.count && one.head.incarnation.bytes !== sender.bytes) {
      throw incarnationRefused(one)
    }
    if (one.head.number === 1 && one.head.previous !== NO_PREVIOUS) throw forked(one, 0)
    const before = heads[index - 1]
    if (before !== undefined) checkNext(one, before)
  }
}

/** `next` after `before`: number, previous hash, incarnation, epoch. */
export function checkNext(next: VerifiedHead, before: VerifiedHead): void {
  const { number } = before.head
  if (next.head.number !== number + 1) {
    const details = { number: next.head.number, newest: number }
    throw new DatisError('HEAD_NUMBER', 'A head does not have the next number.', details)
  }
  if (next.head.previous !== before.hash) throw forked(next, number)
  if (next.head.epoch < before.head.epoch) throw epochRefused(next.head.epoch, before.head.epoch)
  const [now, then] = [next.head.incarnation, before.head.incarnation]
  if (now.count < then.count || (now.count === then.count && now.bytes !== then.bytes)) throw incarnationRefused(next)
}

/** A branch of a later epoch starts only where root said, with the key that root named. */
export function checkEpoch(next: VerifiedHead, { newest, epoch }: Branch): void {
  const { head } = next
  if (epoch !== null && head.epoch === epoch.epoch) {
    if (Buffer.compare(epoch.publicKey, next.publicKey) !== 0) throw epochRefused(head.epoch, epoch.epoch)
    return
  }
  if (epoch !== null && head.epoch < epoch.epoch) {
    // Heads of the old epoch are taken up to the last good one: a host that was away catches up.
    if (epoch.lastGood !== null && head.number <= epoch.lastGood.number) return
    throw epochRefused(head.epoch, epoch.epoch)
  }
  if (newest !== null && head.epoch > newest.head.epoch) {
    throw new DatisError('HEAD_EPOCH_UNKNOWN', 'Root has not told this host of this epoch.', { epoch: head.epoch })
  }
}

/** The head that root calls the last good one must be the very one. */
export function checkLastGood(heads: readonly VerifiedHead[], epoch: Epoch | null): void {
  const lastGood = epoch?.lastGood
  if (lastGood === null || lastGood === undefined) return
  const same = heads.find(({ head }) => head.number === lastGood.number)
  if (same !== undefined && same.hash !== lastGood.hash && same.head.epoch < (epoch?.epoch ?? 0)) {
    throw epochRefused(same.head.epoch, epoch?.epoch ?? 0)
  }
}

/** Numbers that are missing in a rising row, newest first. */
export function gapsIn(numbers: readonly number[], countMax: number): number[] {
  const gaps: number[] = []
  for (let index = numbers.length - 1; index > 0; index--) {
    const before = numbers[index - 1] ?? 0
    for (let number = (numbers[index] ?? 0) - 1; number > before; number--) {
      if (gaps.length >= countMax) return gaps
      gaps.push(number)
    }
  }
  return gaps
}

/** The heads at the beginning of a message that this host has held and lost: those of consecutive missing numbers. */
export function lostAtStart(heads: readonly VerifiedHead[], isMissing: (number: number) => boolean): VerifiedHead[] {
  const end = heads.findIndex(({ head }) => !isMissing(head.number))
  return heads.slice(0, end < 0 ? heads.length : end)
}

export function forked(head: VerifiedHead, newest: number): DatisError {
  const details = { number: head.head.number, newest }
  return new DatisError('HEAD_FORK', 'This host holds another head of that number: the box has forked.', details)
}

export function numberRefused({ head }: VerifiedHead, newest: number): DatisError {
  return new DatisError('HEAD_NUMBER', 'This host began with a later head.', { number: head.number, newest })
}

function incarnationRefused({ head }: VerifiedHead): DatisError {
  const details = { number: head.number, count: head.incarnation.count }
  return new DatisError('HEAD_INCARNATION_REFUSED', 'A head is of a start of the box that is over.', details)
}

function epochRefused(epoch: number, known: number): DatisError {
  return new DatisError('HEAD_EPOCH_REFUSED', 'A head is of an epoch that root has ended.', { epoch, known })
}
