/** Ce qui est sauvegardé, en mots. */
import type { Formats } from './formats.ts'
import { previewFr } from './preview-fr.ts'
import type { sourceWordsEn } from './source-en.ts'

export function sourceWordsFr(f: Formats): ReturnType<typeof sourceWordsEn> {
  return {
    command: {
      source: 'ce qui est sauvegardé',
      add: 'ajouter une source : un nom et les chemins à sauvegarder',
      set: 'modifier une source ; ce qui n’est pas indiqué reste tel quel',
      end: 'ne plus prendre d’instantané d’une source ; ceux qui existent restent selon ses politiques',
      resume: 'prendre de nouveau des instantanés d’une source',
      list: 'lister les sources',
      preview:
        'montrer ce qu’un instantané sauvegarderait et exclurait : d’une source, ce qui est indiqué remplaçant ce qu’elle a',
    },
    option: {
      previewPath: 'un chemin qui serait sauvegardé ; à répéter pour plusieurs',
      path: 'un chemin à sauvegarder ; à répéter pour plusieurs, qui remplacent les précédents',
      importance: 'high (haute), normal (normale) ou low (basse) : qui passe d’abord quand plusieurs attendent',
      bandwidth: 'la lire au plus à ce débit, en kbit/s (« none » : sans limite)',
    },
    expected: {
      importance: 'high (haute), normal (normale) ou low (basse)',
      preview: 'le nom d’une source, ou un chemin',
    },
    preview: previewFr(f),
    added: (name) => `La source « ${name} » est ajoutée. Sauvegardez-la avec : datis snapshot take`,
    changed: (name) => `La source « ${name} » est désormais :`,
    ended: (name) => `Plus aucun instantané de « ${name} » n’est pris. Ceux qui existent restent selon ses politiques.`,
    resumed: (name) => `Des instantanés de « ${name} » sont pris de nouveau.`,
    none: 'Il n’y a pas encore de source. Ajoutez-en une avec : datis source add NOM CHEMIN',
    column: { importance: 'Importance', bandwidth: 'Lecture' },
    importance: { high: 'haute', normal: 'normale', low: 'basse' },
    kbit: (kbit) => `${f.number(kbit)} kbit/s`,
    isEnded: (name) => `${name} (terminée)`,
  }
}
