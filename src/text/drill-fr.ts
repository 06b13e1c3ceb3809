import type { drillWordsEn } from './drill-en.ts'
import type { Formats } from './formats.ts'

export function drillWordsFr(f: Formats): ReturnType<typeof drillWordsEn> {
  return {
    command: {
      drill: 'des restaurations d’exercice, avec ce que donnent les hôtes seulement',
      run: 'reconstruire quelques fichiers depuis les hôtes, comme si rien n’était ici, et les comparer à ce qui fut sauvegardé',
      list: 'lister les dernières, avec ce qu’elles ont prouvé',
    },
    option: { sample: 'combien de fichiers de chaque source', source: 'cette source seulement' },
    ok: (files, bytes) =>
      `Prouvé : ${f.plural(files, 'fichier est revenu', 'fichiers sont revenus')} des hôtes (${bytes}), tels qu’ils furent sauvegardés.`,
    degraded: (names) => `Ces hôtes n’ont pas répondu ; les autres ont suffi : ${names}.`,
    damaged: (count) =>
      `${f.plural(count, 'fragment est revenu faux', 'fragments sont revenus faux')}, et l’on s’en est passé ; datis disperse les remet en place.`,
    failed: (count) =>
      `NON prouvé : ${f.plural(count, 'fichier n’a pas pu être repris', 'fichiers n’ont pas pu être repris')} aux hôtes :`,
    none: 'Rien n’a encore été prouvé : datis drill run',
    column: { at: 'Le', state: 'Résultat', files: 'Fichiers', bytes: 'Taille' },
    state: { ok: 'prouvé', degraded: 'prouvé, des hôtes manquants', failed: 'NON prouvé' },
  }
}
