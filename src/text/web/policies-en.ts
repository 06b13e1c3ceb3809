/** How long snapshots are kept. */
import type { Formats } from '../formats.ts'
import { policySentence, type SpanUnit, type SpanWords } from './policies.ts'
import { wordFor } from './word-for.ts'

const SPANS: Readonly<Record<SpanUnit, readonly [string, string]>> = {
  min: ['minute', 'minutes'],
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  w: ['week', 'weeks'],
  mo: ['month', 'months'],
  y: ['year', 'years'],
}

function spans(f: Formats): SpanWords {
  return {
    length: (count, unit) => f.plural(count, ...SPANS[unit]),
    pace: (count, unit) => (count === 1 ? `every ${SPANS[unit][0]}` : `every ${f.plural(count, ...SPANS[unit])}`),
    tier: (pace, length) => (length === null ? `${pace} for ever` : `${pace} for ${length}`),
    join: (tiers) => `One ${tiers.join(', then ')}.`,
  }
}

/** Of those that are ready-made; whatever else there is is shown as it is written. */
const NAMES = {
  continuous: 'continuous',
  daily: 'daily',
  'backup 30 d': 'backup, 30 days',
  'backup 90 d': 'backup, 90 days',
  'archive 5 years': 'archive, 5 years',
  'for ever': 'for ever',
}

export function policiesEn(f: Formats) {
  return {
    local: 'Kept here',
    remote: 'Kept by hosts',
    default: 'As usual',
    bySource: 'How long each source is kept',
    readyMade: 'Policies',
    fromDefault: 'the usual one of this box',
    fromSource: 'set for this source',
    sentence: (policy: string) => policySentence(spans(f), policy),
    name: (name: string) => wordFor(NAMES, name),
  }
}
