import type { retentionErrorsEn } from './errors-en-retention.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { NOTHING_WRITTEN } from './errors-fr-shared.ts'

/** Erreurs sur la durée pendant laquelle les instantanés sont gardés. */
export const retentionErrorsFr: Record<keyof typeof retentionErrorsEn, ErrorSentences> = {
  PACKS_LOST: [
    '{count:number} paquets sont abîmés ou ont disparu sur ce Datis, et aucun hôte ne les a rendus.',
    'Ce qui en dépend ne peut pas être restauré pour le moment ; tout le reste peut l’être.',
    'Allumez davantage d’hôtes, puis : datis vault scrub',
  ],
  POLICY_INVALID: [
    'Ceci n’est pas une politique de rétention ({reason}).',
    NOTHING_WRITTEN,
    'Les paliers vont du plus court au plus long et du plus fin au plus large, comme : <2 h, 5 min>, <24 h, 1 h>, <30 j, 1 j>. Essayez avec : datis policy preview',
  ],
  POLICY_TOO_FINE: [
    'Cette politique garderait plus de {most:number} instantanés : c’est trop pour un aperçu.',
    NOTHING_WRITTEN,
    'Demandez un aperçu avec des durées plus courtes ou des périodes plus longues ; on peut la fixer telle quelle.',
  ],
  POLICY_UNKNOWN: [
    'Il n’y a pas de politique de rétention « {name} ».',
    NOTHING_WRITTEN,
    'Choisissez-en une qui existe ; dans un terminal : datis policy list',
  ],
  SPAN_INVALID: [
    '« {text} » n’est pas une durée.',
    NOTHING_WRITTEN,
    'Écrivez un nombre entier et min, h, j, sem, mois ou ans, par exemple 30 j.',
  ],
  CLOCKS_DISAGREE: [
    'L’horloge de ce Datis a sauté, ou diffère de celles des autres membres.',
    'Aucun instantané n’a expiré : personne ne sait quel âge ils ont.',
    'Mettez l’horloge à l’heure ; un jour après qu’elle s’accorde avec les autres, les instantanés expirent de nouveau.',
  ],
  CLOCKS_UNKNOWN: [
    'Aucun autre membre ne dit l’heure qu’il est.',
    'Aucun instantané n’a expiré : une horloge seule peut se tromper d’années.',
    'Recommencez quand un autre membre répondra.',
  ],
  HOLD_REASON_MISSING: [
    'Un instantané est retenu pour une raison.',
    NOTHING_WRITTEN,
    'Dites laquelle avec --reason TEXTE, pour qui le verra dans des années.',
  ],
}
