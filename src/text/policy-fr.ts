import type { Formats } from './formats.ts'
import type { policyWordsEn } from './policy-en.ts'

export function policyWordsFr(f: Formats): ReturnType<typeof policyWordsEn> {
  return {
    command: {
      policy: 'combien de temps les instantanés sont gardés',
      preview: 'montrer ce qu’une politique garde, sans aucun Datis',
    },
    argument: 'le nom d’une politique toute prête, ou des paliers comme  NOM : <2 h, 5 min>, <30 j, 1 j>',
    option: {
      at: 'l’heure à partir de laquelle elle regarde en arrière (par défaut : maintenant)',
      zone: 'le fuseau horaire dont les jours et les mois comptent (par défaut : celui de cette machine)',
    },
    keeps: (count, at, zone, period) =>
      `Le ${at} (${zone}), elle garde ${f.plural(count, 'instantané', 'instantanés')}, s’il en est pris un par période de ${period} :`,
    days: 'Instantanés de chaque jour :',
    months: 'Instantanés de chaque mois :',
    hours: 'Du dernier jour, heure par heure :',
    tenYears: 'Le dernier palier ne finit jamais ; dix années en sont montrées.',
    span: { min: 'min', h: 'h', d: 'j', w: 'semaines', mo: 'mois', y: 'ans' },
    expected: (names) =>
      `une politique : ${f.list(names)} sont toutes prêtes ; les paliers vont du plus court au plus long et du plus fin au plus large, comme <2 h, 5 min>, <24 h, 1 h>, <30 j, 1 j>, <toujours, 1 mois>`,
  }
}
