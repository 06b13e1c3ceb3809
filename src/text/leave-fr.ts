/** Quitter une communauté, en mots. */
import type { Formats } from './formats.ts'

export function leaveWordsFr(f: Formats) {
  return {
    option: {
      now: 'tout de suite, sans attendre que plus personne ne compte sur ce Datis',
      stay: 'rester finalement',
      box: 'ne retirer que ce Datis de votre organisation',
      wait: 'combien de temps attendre que tous se passent de ce Datis',
    },
    draining:
      'Ce Datis n’est pas encore parti : d’autres comptent encore sur lui. Laissez-le allumé ; la même commande reprend où elle s’est arrêtée, et --now part tout de suite.',
    unheard:
      'Moins de la moitié des organisations savent déjà que ce Datis s’en va ; rien n’a bougé. Laissez-le allumé ; la même commande reprend où elle s’est arrêtée, et --now part tout de suite.',
    drained: 'Plus personne ne compte sur ce Datis : il pourra être éteint dès qu’il sera parti.',
    left: 'Fait : plus de la moitié des organisations ont signé la nouvelle liste des membres.',
    staying: 'Ce Datis reste : d’autres peuvent de nouveau y garder leurs données.',
    missing: (packs: number, bytes: string) =>
      `${f.plural(packs, 'paquet', 'paquets')} à vous (${bytes}) n’ont pas encore pu être rapportés ici.`,
    leaving: 's’en va',
    column: { state: 'sans ce Datis', kept: 'garde de vous', until: 'lisible jusqu’au' },
    state: {
      drained: 'protégé, signé',
      moving: 'encore en route',
      nowhere: 'n’a plus personne d’autre',
      silent: 'ne répond pas',
      absent: 'absent depuis des jours, on ne l’attend pas',
    },
  }
}
