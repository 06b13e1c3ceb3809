import { type ErrorSentences, NOTHING_WRITTEN } from './errors-en-shared.ts'

/** Errors about how long snapshots are kept. */
export const retentionErrorsEn = {
  PACKS_LOST: [
    '{count:number} packs are damaged or gone on this box, and no host gave them back.',
    'What needs them cannot be restored now; all else can.',
    'Switch on more hosts, then: datis vault scrub',
  ],
  POLICY_INVALID: [
    'This is not a retention policy ({reason}).',
    NOTHING_WRITTEN,
    'Tiers go from short to long and from fine to coarse, like: <2 h, 5 min>, <24 h, 1 h>, <30 d, 1 d>. Try it with: datis policy preview',
  ],
  POLICY_TOO_FINE: [
    'This policy would keep more than {most:number} snapshots: too many for a preview.',
    NOTHING_WRITTEN,
    'Preview it with shorter durations or longer periods; it can be set as it is.',
  ],
  POLICY_UNKNOWN: [
    'There is no retention policy “{name}”.',
    NOTHING_WRITTEN,
    'Choose one that is there; at a terminal: datis policy list',
  ],
  SPAN_INVALID: [
    '“{text}” is not a length of time.',
    NOTHING_WRITTEN,
    'Write a whole number and min, h, d, w, mo or y, such as 30 d.',
  ],
  CLOCKS_DISAGREE: [
    'The clock of this box jumped, or differs from those of the other members.',
    'No snapshot has expired: nobody knows how old they are.',
    'Set the clock right; a day after it agrees with the others, snapshots expire again.',
  ],
  CLOCKS_UNKNOWN: [
    'No other member says what time it is.',
    'No snapshot has expired: a clock alone may be wrong by years.',
    'Run it again when another member answers.',
  ],
  HOLD_REASON_MISSING: [
    'A snapshot is held for a reason.',
    NOTHING_WRITTEN,
    'Say why with --reason TEXT, for whoever sees it in years.',
  ],
} as const satisfies Record<string, ErrorSentences>
