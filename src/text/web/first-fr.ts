/** Le premier démarrage d’un Datis, et sa fiche de secours. */
import type { Formats } from '../formats.ts'
import type { firstEn } from './first-en.ts'

export function firstFr(f: Formats): ReturnType<typeof firstEn> {
  return {
    title: 'Bienvenue dans Datis',
    what: 'Que doit devenir ce Datis ?',
    choice: {
      new: { title: 'Un nouveau Datis', text: 'Commencez ici : votre compte, puis ce qui est sauvegardé.' },
      rebuild: {
        title: 'Reconstruire ce Datis depuis ses partenaires',
        text: 'Après un incendie, un vol ou un disque en panne : avec les 24 mots de la fiche de secours.',
      },
      practice: {
        title: 'Une communauté d’exercice',
        text: 'Six vrais Datis sur cette machine, avec de vraies données, pour s’exercer puis tout jeter.',
      },
    },
    account: 'Le premier compte',
    accountWhy: 'L’administrateur de ce Datis. Le code de mise en service est affiché là où le Datis a été démarré.',
    code: 'Code de mise en service',
    make: 'Créer le compte',
    back: 'Retour',
    sheet: {
      title: 'Fiche de secours',
      why: 'Si ce Datis brûle, ces 24 mots font tout revenir. Personne d’autre ne les a, et personne ne peut les retrouver : pas même les auteurs de Datis.',
      how: 'Imprimez la fiche, ou recopiez les mots, et rangez-la là où ni le feu ni un voleur ne la trouvent avec le Datis.',
      print: 'Enregistrer la fiche à imprimer (PDF)',
      words: 'Les 24 mots',
      done: 'Je les ai sur papier',
      ask: 'Trois de ces mots, pour être sûr que le papier est juste :',
      word: (position) => `Mot ${f.number(position)}`,
      confirm: 'Confirmer',
      confirmed: 'La fiche de secours est confirmée. Ce Datis n’a plus les mots.',
      again: 'Revoir les mots',
      none: 'Ce Datis a été créé en ligne de commande : ses mots y ont été affichés, et ne sont pas redemandés ici.',
      later: 'Plus tard',
      gone: 'Les mots ne sont plus dans la mémoire de ce Datis. Si vous les avez sur papier, confirmez-en trois ici.',
    },
    rebuild: {
      why: 'Le Datis est refait avec ce que les autres gardent. Ses réglages et la liste de ses fichiers reviennent en quelques minutes ; les fichiers eux-mêmes, quand on les demande.',
      words: 'Les 24 mots de la fiche de secours',
      peer: 'Un point de contact',
      peerHelp: 'Comme sur la fiche de secours : nom.exemple.org:600',
      before: 'Tel qu’avant (facultatif)',
      beforeHelp: 'Avant une attaque, par exemple : c’est le dernier état d’avant ce moment qui revient.',
      beforeHelpIn: (zone) =>
        `Avant une attaque, par exemple : c’est le dernier état d’avant ce moment qui revient. Date et heure sont celles du Datis (${zone}).`,
      start: 'Reconstruire ce Datis',
      running: 'Le Datis se reconstruit',
      done: 'Le Datis est revenu',
      head: (at) => `Tel qu’il était le ${f.instant(at)}.`,
      newest: 'Assez de membres ont répondu : il n’y a pas d’état plus récent.',
      later:
        'Des états plus récents ont été trouvés, et laissés de côté comme demandé : c’est le plus récent de ceux d’avant.',
      perhaps: (names) =>
        `Seuls ceux-ci ont répondu, il se peut donc qu’un état plus récent existe : ${names.length === 0 ? '–' : f.list(names)}.`,
      holding: 'en gardent',
      asked: {
        holds: (names) =>
          `✓ ${names.length === 1 ? 'Joint, garde' : 'Joints, gardent'} ce qui est à vous : ${f.list(names)}`,
        answers: (names) =>
          `${names.length === 1 ? 'Joint, ne garde' : 'Joints, ne gardent'} rien à vous : ${f.list(names)}`,
        asked: (names) => `… En cours d’appel : ${f.list(names)}`,
        silent: (names) => `✕ Sans réponse : ${f.list(names)}`,
      },
      missing: (packs) =>
        `${f.plural(packs, 'paquet', 'paquets')} de listes de fichiers manquent chez ceux qui ont répondu : les instantanés qui en ont besoin ne peuvent pas être lus pour l’instant.`,
      signIn: 'Se connecter avec un compte qu’il avait',
      failed: 'Le Datis n’a pas été reconstruit. Ce qui était là avant est de nouveau là.',
    },
    practice: {
      running: 'La communauté d’exercice se prépare',
      ready: 'Six Datis tournent sur cette machine. Le premier a sa propre console :',
      open: (url) => `Ouvrir la console d’exercice (${url})`,
      code: (code) => `Son code de mise en service : ${code}`,
      drop: 'Tout jeter',
      dropTitle: 'Jeter la communauté d’exercice ?',
      dropWhat:
        'Ses six Datis sont arrêtés, et tout ce qu’ils contiennent est effacé aussitôt, y compris ce que vous y avez ajouté. Ce Datis-ci et ce qu’il sauvegarde ne sont pas concernés.',
      dropped: 'La communauté d’exercice n’existe plus.',
      start: 'La démarrer',
    },
  }
}
