/** Rendez-moi mon fichier. */
import type { Formats } from '../formats.ts'
import type { restoreEn } from './restore-en.ts'

export function restoreFr(f: Formats): ReturnType<typeof restoreEn> {
  return {
    nothing: 'Dès qu’une source est sauvegardée, ses fichiers de chaque jour se retrouvent ici.',
    when: 'Quand',
    where: 'Dossiers',
    what: 'Fichier',
    find: 'Nom d’un fichier ou d’un dossier',
    search: 'Chercher',
    browse: 'Revenir aux dossiers',
    noSnapshotTitle: 'Pas encore d’instantané',
    noSnapshot: 'Le premier de cette source reste à prendre.',
    goneTitle: 'Cet instantané n’existe plus',
    gone: 'Sa durée de conservation est passée. Choisissez un autre jour.',
    ofDay: 'Instantanés de ce jour',
    day: (day, count) => `${day} : ${f.plural(count, 'instantané', 'instantanés')}`,
    monthBefore: 'Le mois précédent',
    monthAfter: 'Le mois suivant',
    asOf: (at) => `Tel qu’il était le ${at}`,
    emptyFolder: 'Ce dossier est vide.',
    incomplete: (cause) => `n’a pas pu être lu à ce moment-là (${cause})`,
    found: (count, more) =>
      more
        ? `Les ${f.number(count)} premiers ; précisez le nom pour en voir moins.`
        : f.plural(count, 'élément trouvé', 'éléments trouvés'),
    notFoundTitle: (text) => `Rien ne s’appelle « ${text} »`,
    notFound: 'Tous les instantanés ont été parcourus. Essayez une partie du nom, ou regardez dans les dossiers.',
    preview: 'Aperçu',
    noPreview: 'Ce genre de fichier n’a pas d’aperçu : téléchargez-le pour le voir.',
    cut: 'En voici le début ; le téléchargement contient tout.',
    download: 'Télécharger',
    beside: 'Remettre une copie à côté, avec sa date',
    over: 'Remettre à sa place',
    overWhat: (name, date) =>
      `Ce qui est aujourd’hui à la place de « ${name} » est remplacé par ce qu’il était le ${date}. Son état actuel est perdu, sauf si un instantané l’a.`,
    overYes: 'Remplacer',
    versions: 'Versions',
    wholeFolder: 'Ce dossier',
    zip: 'Télécharger en zip',
    putFolder: 'Remettre ce dossier',
    fromHere: (bytes) => `${bytes}, entièrement sur ce Datis.`,
    fromHosts: (bytes, remote, names) =>
      names.length === 0
        ? `${bytes}, dont ${remote} viennent des hôtes.`
        : `${bytes}, dont ${remote} viennent de ${f.list(names)}.`,
    takes: (duration) => `Environ ${duration}.`,
    history: 'Qui a récupéré quoi',
    how: {
      file: 'téléchargé',
      zip: 'téléchargé en zip',
      preview: 'consulté',
      over: 'remis à sa place',
      beside: 'remis à côté',
    },
    all: 'tout',
  }
}
