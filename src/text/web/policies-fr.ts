/** Combien de temps les instantanés sont gardés. */
import type { Formats } from '../formats.ts'
import { policySentence, type SpanUnit, type SpanWords } from './policies.ts'
import type { policiesEn } from './policies-en.ts'
import { wordFor } from './word-for.ts'

const SPANS: Readonly<Record<SpanUnit, readonly [one: string, several: string, each: string]>> = {
  min: ['minute', 'minutes', 'par minute'],
  h: ['heure', 'heures', 'par heure'],
  d: ['jour', 'jours', 'par jour'],
  w: ['semaine', 'semaines', 'par semaine'],
  mo: ['mois', 'mois', 'par mois'],
  y: ['an', 'ans', 'par an'],
}

const FEMININE: readonly SpanUnit[] = ['min', 'h', 'w']

function spans(f: Formats): SpanWords {
  return {
    length: (count, unit) => f.plural(count, SPANS[unit][0], SPANS[unit][1]),
    pace: (count, unit) =>
      count === 1
        ? SPANS[unit][2]
        : `${FEMININE.includes(unit) ? 'toutes' : 'tous'} les ${f.number(count)} ${SPANS[unit][1]}`,
    tier: (pace, length) => (length === null ? `${pace} sans limite` : `${pace} pendant ${length}`),
    join: (tiers) => `Un ${tiers.join(', puis un ')}.`,
  }
}

/** Of those that are ready-made; whatever else there is is shown as it is written. */
const NAMES = {
  continuous: 'en continu',
  daily: 'quotidienne',
  'backup 30 d': 'sauvegarde, 30 jours',
  'backup 90 d': 'sauvegarde, 90 jours',
  'archive 5 years': 'archive, 5 ans',
  'for ever': 'pour toujours',
}

export function policiesFr(f: Formats): ReturnType<typeof policiesEn> {
  return {
    local: 'Gardés ici',
    remote: 'Gardés chez les hôtes',
    default: 'Par défaut',
    bySource: 'Durée de conservation de chaque source',
    readyMade: 'Politiques',
    fromDefault: 'celle par défaut de ce Datis',
    fromSource: 'choisie pour cette source',
    sentence: (policy) => policySentence(spans(f), policy),
    name: (name) => wordFor(NAMES, name),
  }
}
