import type { sheetWordsEn } from './sheet-en.ts'

/** La fiche de secours, sur papier : on la lit le pire jour. */
export const sheetWordsFr: typeof sheetWordsEn = {
  title: 'Fiche de secours',
  lead: 'Ces 24 mots font revenir tout ce que ce Datis a sauvegardé. Qui les lit peut tout lire.',
  words: 'Les 24 mots, colonne par colonne',
  qr: 'Les mêmes mots, à scanner',
  facts: 'À quoi ils appartiennent',
  organisation: 'Organisation',
  key: 'Sa clé',
  box: 'Datis',
  boxId: 'Identifiant',
  community: 'Communauté',
  noCommunity: 'aucune pour l’instant',
  date: 'Date de la fiche',
  contacts: 'Points de contact',
  contactsHint: 'Un seul qui répond suffit. À côté de chacun : la clé de son organisation.',
  contactsToWrite:
    'Notez ici à la main à qui vous adresser, une fois dans une communauté : nom, adresse avec son port, téléphone.',
  worst: 'Le pire jour',
  steps: [
    [
      'Restez calme : vos fichiers sont chez les autres Datis.',
      'Personne ne peut les lire sans cette fiche. N’éteignez et n’effacez rien de ce qui marche encore.',
    ],
    [
      'Prenez un ordinateur sous Linux ou macOS et un disque vide.',
      'Avec Node 20 ou plus récent : récupérez Datis, puis lancez npm ci et npm start.',
    ],
    [
      'Ouvrez l’adresse qu’il affiche.',
      'Choisissez de reconstruire le Datis à partir des autres, et tapez le code de mise en service affiché.',
    ],
    [
      'Tapez les 24 mots dans l’ordre, et un point de contact.',
      'Majuscules et accents n’importent pas. Si l’ancien Datis a pu être volé, choisissez une date d’avant le vol.',
    ],
    [
      'Lisez la date retrouvée, puis restaurez.',
      'Le plus urgent d’abord ; le reste suit. Ces mots restent bons : remettez la fiche à sa place.',
    ],
  ],
  keep: 'Sur papier seulement, en deux endroits, loin du Datis. Ni photo, ni courriel, ni nuage.',
}
