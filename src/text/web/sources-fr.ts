/** Ce qui est sauvegardé. */
import type { Formats } from '../formats.ts'
import { previewFr } from '../preview-fr.ts'
import type { sourcesEn } from './sources-en.ts'
import { wordFor } from './word-for.ts'

const CAUSES = {
  EACCES: 'le compte de ce Datis n’a pas le droit de le lire',
  EPERM: 'le compte de ce Datis n’a pas le droit de le lire',
  EIO: 'le disque n’arrive pas à le lire',
  ENOENT: 'il n’est pas là',
  ENOTDIR: 'une partie de son chemin n’est pas un dossier',
  ELOOP: 'un lien barre le chemin',
  ENAMETOOLONG: 'son chemin est trop long',
  OWN_FOLDER: 'c’est le dossier de données de ce Datis, qu’il ne sauvegarde jamais',
  TORN: 'il a changé à chaque lecture',
  XATTRS_TOO_LARGE: 'il a trop d’attributs ; son contenu est sauvegardé',
  NOT_A_FILE: 'autre chose a pris sa place',
}

export function sourcesFr(f: Formats): ReturnType<typeof sourcesEn> {
  return {
    add: 'Ajouter une source',
    noSnapshot: 'pas encore d’instantané complet',
    noneTitle: 'Rien n’est encore sauvegardé',
    noneYoursTitle: 'Rien de vous n’est encore sauvegardé',
    noneYours: 'Vos sources et leurs fichiers se retrouvent ici dès qu’un administrateur a dit lesquelles sont à vous.',
    none: 'Une source est un ou plusieurs dossiers de ce Datis, sauvegardés ensemble. Commencez par celui dont la perte ferait le plus mal.',
    name: 'Nom',
    nameHelp: 'Comme vous l’appelez : compta, plans, photos.',
    paths: 'Dossiers',
    pathsHelp: 'Un par ligne, comme ce Datis les connaît : /srv/plans',
    excludes: 'Exclusions',
    excludesHelp: 'Une règle par ligne, comme dans .gitignore : *.tmp, cache/',
    oneFileSystem: 'Rester sur un seul disque : ce qui est monté en dessous est exclu',
    importance: 'Importance',
    important: { high: 'haute', normal: 'normale', low: 'basse' },
    all: (count) => `Voir les ${f.number(count)} sources`,
    filter: 'Filtrer les sources',
    take: 'Instantané maintenant',
    takeAll: 'Prendre un instantané de tout',
    sort: 'Par ordre de',
    sorts: {
      name: 'nom',
      state: 'état, le pire d’abord',
      newest: 'dernier instantané complet, le plus ancien d’abord',
    },
    page: (page, pages) => `Page ${f.number(page)} sur ${f.number(pages)}`,
    pageBefore: 'Page précédente',
    pageAfter: 'Page suivante',
    noneFound: (text) => `Aucune source ne s’appelle « ${text} ».`,
    people: 'À qui elle est',
    nobody: 'à personne en particulier',
    last: 'Dernier passage',
    lastIncomplete: 'tout n’a pas pu être lu',
    lastFailed: 'a échoué',
    next: 'Prochain passage',
    nextNow: 'dès maintenant',
    unread: 'Ce qui n’a pas pu être lu',
    unreadFirst: (shown, all) =>
      shown < all
        ? `Les ${f.number(shown)} premiers éléments sur ${f.number(all)}.`
        : f.plural(all, 'élément', 'éléments'),
    cause: (cause) => wordFor(CAUSES, cause),
    look: 'Aperçu',
    lookAt: (name) => `Aperçu de ${name}`,
    lookHelp: 'Ce qui serait sauvegardé, et ce que chaque règle exclut. Rien n’est modifié.',
    counting: 'Décompte de ce qui serait sauvegardé : dix secondes au plus.',
    preview: previewFr(f),
    pick: 'Choisir un dossier…',
    picker: 'Dossiers de ce Datis',
    here: (path) => `Choisir ${path}`,
    disk: 'ce Datis',
    noFolders: 'Il ne contient aucun dossier.',
    noFoldersYet: 'Aucun dossier parmi les premiers noms. La suite :',
    folderState: {
      unreadable: 'le compte de ce Datis n’a pas le droit d’y regarder',
      own: 'le dossier de données de ce Datis, qu’il ne sauvegarde jamais',
      garbled: 'son nom n’est pas du texte : choisissez le dossier au-dessus',
    },
  }
}
