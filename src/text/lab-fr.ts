/** Les mots de la communauté d’exercice. */
import type { Catalogue } from './en.ts'
import type { Formats } from './formats.ts'

export function labWordsFr(f: Formats): Catalogue['lab'] {
  const boxes = (count: number): string => f.plural(count, 'Datis', 'Datis')
  return {
    up: (count, folder) =>
      `Une communauté de ${boxes(count)} tourne sur cette machine, jusqu’à datis lab down. Tout est dans ${folder}.`,
    fast: 'Accéléré : les hôtes vivent un jour en 10 secondes, et un hôte de réserve prend la place après 20 secondes au lieu de 48 heures.',
    play: 'Chacun a sauvegardé quelques fichiers. Essayez : datis restore latest CIBLE --data DOSSIER, ou datis lab fail fire 2',
    again: (count) => `Redémarré : ${boxes(count)}.`,
    state: {
      runs: 'tourne',
      stopped: 'ne tourne pas',
      burnt: 'brûlé',
      silent: 'muet',
      liar: 'ment',
      cut: 'éteint',
    },
    did: {
      fire: (name) => `${name} a brûlé : son processus est tué, son dossier effacé.`,
      silent: (name) => `${name} est muet : son processus est suspendu, et qui l’interroge attend en vain.`,
      cut: (name) => `${name} est éteint, comme si sa ligne était coupée.`,
      liar: (name, count) =>
        `${name} ment : un bit est changé dans ${f.plural(count, 'fragment', 'fragments')} qu’il garde pour d’autres.`,
    },
    next: 'Ensuite, par exemple :',
    nothingFailed: 'Rien n’était en panne.',
    healed: {
      stopped: (name) => `${name} tourne à nouveau.`,
      cut: (name) => `${name} est de retour.`,
      silent: (name) => `${name} répond à nouveau.`,
      burnt: (name) => `${name} est reconstruit depuis ses 24 mots et tourne.`,
      liar: (name, rotten) =>
        `${name} a relu ce qu’il garde : ${f.plural(rotten, 'fragment abîmé signalé', 'fragments abîmés signalés')}.`,
    },
    dispersed: (whole, total) =>
      `Marge pleine retrouvée : ${f.number(whole)} sur ${f.number(total)} Datis qui tournent.`,
    confirmDown: (folder) => `Arrêter tous les Datis et effacer ${folder} avec tout ce qu’il contient ?`,
    down: (count, folder) => `${f.plural(count, 'processus arrêté', 'processus arrêtés')}, ${folder} effacé.`,
    kept: (count, folder) =>
      `${f.plural(count, 'processus arrêté', 'processus arrêtés')}. ${folder} est gardé ; datis lab up les redémarre.`,
    sample: {
      letters: (name) => [
        {
          path: 'courrier/bienvenue.txt',
          text: `À qui de droit,\n\nvoici le bureau de ${name}. Nous gardons pour d’autres ce que d’autres gardent pour nous.\n`,
        },
        {
          path: 'comptes rendus/2026-03-12.txt',
          text: `Compte rendu du 12 mars 2026\n\n1. ${name} fait désormais partie d’une communauté.\n2. Les 24 mots sont dans le coffre du notaire.\n3. Le prochain exercice est en juin.\n`,
        },
      ],
      accounts: { path: 'comptes/2026.csv', header: 'numéro;date;montant' },
      picture: 'photos/fête d’été.raw',
    },
  }
}
