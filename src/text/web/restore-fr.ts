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
    findShort: 'Un fichier, un dossier…',
    search: 'Chercher',
    openThis: (at) => `Fichiers du ${at} ›`,
    otherDay: 'Choisir un autre jour',
    browse: 'Revenir aux dossiers',
    noSnapshotTitle: 'Pas encore d’instantané',
    noSnapshot: 'Le premier de cette source reste à prendre.',
    goneTitle: 'Cet instantané n’existe plus',
    gone: 'Sa durée de conservation est passée. Choisissez un autre jour.',
    ofDay: 'Instantanés de ce jour',
    day: (day, count) => `${day} : ${f.plural(count, 'instantané', 'instantanés')}`,
    days: 'Jours avec instantanés, du plus récent au plus ancien',
    taken: (count, incomplete) =>
      incomplete === 0
        ? f.plural(count, 'instantané', 'instantanés')
        : `${f.plural(count, 'instantané', 'instantanés')}, dont ${f.plural(incomplete, 'incomplet', 'incomplets')}`,
    gap: (days) => `${f.plural(days, 'jour', 'jours')} sans instantané`,
    newerDays: '‹ Jours plus récents',
    olderDays: 'Jours plus anciens ›',
    inZone: (zone) => `Les dates et heures sont celles du Datis (${zone}).`,
    monthBefore: 'Le mois précédent',
    monthAfter: 'Le mois suivant',
    asOf: (at) => `Tel qu’il était le ${at}`,
    fileAsOf: (at) => `Tel que sauvegardé le ${at}`,
    nowUnsaved: 'Pour garder les deux, remettez plutôt une copie à côté.',
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
    newest: 'la plus récente',
    shown: 'celle-ci',
    firstVersion: 'première version',
    moreBytes: (bytes) => `+${bytes}`,
    fewerBytes: (bytes) => `−${bytes}`,
    sameBytes: 'même taille',
    oldest: 'les plus anciennes ne sont pas montrées',
    readAs: (encoding) => `Lu comme ${encoding}.`,
    wholeFolder: 'Ce dossier',
    zip: 'Télécharger en zip',
    putFolder: 'Remettre ce dossier',
    pick: (name) => `Choisir ${name}`,
    pickAll: 'Choisir tout ce qui est montré',
    picked: (count) => f.plural(count, 'élément choisi', 'éléments choisis'),
    unpick: 'Ne rien choisir',
    zipPicked: 'Télécharger en un zip',
    putPicked: 'Remettre',
    overSeveral: (count, date) =>
      `Ce qui est aujourd’hui à la place de ces ${f.number(count)} éléments est remplacé par ce qu’il était le ${date}. Son état actuel est perdu, sauf si un instantané l’a.`,
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
