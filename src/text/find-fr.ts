/** La recherche dans ce qui est sauvegardé. */
import type { findWordsEn } from './find-en.ts'
import type { Formats } from './formats.ts'

export function findWordsFr(f: Formats): ReturnType<typeof findWordsEn> {
  return {
    command: 'chercher des fichiers sauvegardés par leur nom ou une partie du nom (* et ? comme d’habitude)',
    option: {
      source: 'dans cette source seulement',
      id: 'dans cet instantané seulement',
      all: 'dans tous les instantanés : ce qui a été supprimé, et les versions antérieures',
    },
    none: 'Rien de sauvegardé ne porte un tel nom. Dans les instantanés antérieurs : --all',
    noneAtAll: 'Rien de sauvegardé ne porte un tel nom.',
    found: (count) => `${f.plural(count, 'chose trouvée', 'choses trouvées')}.`,
    more: (count) => `Il y en a plus que ces ${f.number(count)} : donnez plus du nom, ou une source.`,
    putBack: {
      command: 'remettre des éléments d’un instantané là d’où ils ont été sauvegardés',
      path: 'dans l’instantané, comme pour snapshot show ; sans aucun, tout',
      over: 'remplacer ce qui s’y trouve (par défaut : à côté, avec la date dans le nom)',
    },
    versions: {
      command: 'lister les versions d’un fichier sauvegardé, la plus récente d’abord',
      path: 'dans la source, comme pour snapshot show',
      first: 'Depuis l’instantané',
      where: 'Où',
      here: 'sur ce Datis',
      hosts: 'chez des hôtes',
      more: (count: number) => `Il y a des versions plus anciennes que ces ${f.number(count)}.`,
      unread: (count: number) => `${f.plural(count, 'instantané n’a', 'instantanés n’ont')} pas pu être ouverts.`,
    },
    column: { snapshot: 'Instantané', path: 'Chemin' },
  }
}
