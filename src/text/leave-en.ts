/** Leaving a community, in words. */
import type { Formats } from './formats.ts'

export function leaveWordsEn(f: Formats) {
  return {
    option: {
      now: 'at once, without waiting until nobody leans on this box any more',
      stay: 'stay after all',
      box: 'take only this box of your organisation out',
      wait: 'how long to wait until everybody does without this box',
    },
    draining:
      'This box has not left yet: others still lean on it. Keep it running; the same command goes on where it stopped, and --now leaves at once.',
    unheard:
      'Fewer than half of the organisations have heard yet that this box is leaving; nothing has moved. Keep it running; the same command goes on where it stopped, and --now leaves at once.',
    drained: 'Nobody leans on this box any more: it may be switched off once it has left.',
    left: 'Done: more than half of all organisations have signed the new list of members.',
    staying: 'This box stays: others may keep their data on it again.',
    missing: (packs: number, bytes: string) =>
      `${f.plural(packs, 'pack', 'packs')} of your own (${bytes}) could not be brought home yet.`,
    leaving: 'leaving',
    column: { state: 'without this box', kept: 'keeps of yours', until: 'readable until' },
    state: {
      drained: 'protected, signed',
      moving: 'still moving',
      nowhere: 'has nobody else left',
      silent: 'does not answer',
      absent: 'away for days, not waited for',
    },
  }
}
