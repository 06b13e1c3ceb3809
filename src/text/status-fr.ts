/** La sûreté de l’ensemble, en mots. */
import type { Formats } from './formats.ts'
import type { statusWordsEn } from './status-en.ts'

export function statusWordsFr(f: Formats): ReturnType<typeof statusWordsEn> {
  return {
    command: 'à quel point ce que ce Datis sauvegarde est en sûreté en ce moment',
    state: {
      unknown: 'inconnu',
      incomplete: 'incomplet',
      stored: 'enregistré',
      protected: 'protégé',
      whole: 'marge pleine',
    },
    headline: {
      unknown: 'INCONNU : une partie n’a pas été confirmée depuis trop longtemps, ou n’a jamais été sauvegardée.',
      incomplete: 'INCOMPLET : tout n’a pas pu être lu.',
      stored: 'Enregistré sur ce Datis : les hôtes n’en ont pas encore assez.',
      protected: 'Protégé : les hôtes peuvent tout faire revenir. La marge pleine suit.',
      whole: 'Protégé, avec la marge pleine.',
    },
    confirmed: (at, hosts) => `${f.plural(hosts, 'hôte, interrogé', 'hôtes, interrogés')} la dernière fois ${at}.`,
    neverConfirmed: 'Les hôtes n’ont pas encore été interrogés : datis disperse',
    margin: (margin) =>
      margin < 0
        ? 'Les hôtes seuls ne font pas tout revenir en ce moment.'
        : margin === 0
          ? 'Les données ne supportent plus la perte d’aucun hôte.'
          : `Les données supportent encore la perte de ${f.plural(margin, 'hôte quelconque', 'hôtes quelconques')}.`,
    silent: (names) => `Sans réponse, et compté comme perdu : ${f.list(names)}.`,
    alone: 'Aucun autre Datis ne garde encore rien pour celui-ci.',
    trouble: 'Ceux-ci n’ont pas fait ce qui leur était demandé :',
    late: 'en retard',
    never: 'jamais',
    ended: (name) => `${name} (terminée)`,
    column: { newest: 'Dernier complet', proved: 'Prouvé' },
  }
}
