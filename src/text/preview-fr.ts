/** Ce qu’une source sauvegarderait et exclurait, en ligne de commande et dans la console. */
import type { Formats } from './formats.ts'
import type { previewEn } from './preview-en.ts'

export function previewFr(f: Formats): ReturnType<typeof previewEn> {
  const amount = ({ files, bytes }: { readonly files: number; readonly bytes: number }) =>
    `${f.plural(files, 'fichier', 'fichiers')}, ${f.bytes(bytes)}`
  const least = (isAll: boolean) => (isAll ? '' : 'au moins ')
  return {
    saved: 'Sauvegardé',
    left: 'Exclu',
    amount: (of, isAll) => `${least(isAll)}${amount(of)}`,
    line: (what, amount) => `${what} : ${amount}`,
    cut: 'Il y en a trop pour tout compter en dix secondes. Ce n’est pas un problème : un instantané prend son temps.',
    rule: 'Règle',
    effect: 'Ce qu’elle fait',
    effectOf: ({ rule, paths, ...of }, isAll) => {
      if (paths === 0)
        return isAll
          ? 'ne correspond à rien, ou seulement à ce qu’une autre règle concerne déjà'
          : 'n’a correspondu à rien dans ce qui a été parcouru'
      const places = f.plural(paths, 'correspondance', 'correspondances')
      return rule.startsWith('!') ? `garde ${places}` : `${places} : ${amount(of)}`
    },
    path: 'Chemin exclu',
    size: 'Taille',
    firstOf: (shown, all, isAll) => `Les ${f.number(shown)} premiers sur ${least(isAll)}${f.number(all)}.`,
    own: 'le dossier de données de ce Datis, qu’il ne sauvegarde jamais',
    nothingLeft: 'Aucune règle n’exclut quoi que ce soit.',
    unread: (count) =>
      count === 1 ? 'Un élément est inaccessible :' : `${f.number(count)} éléments sont inaccessibles :`,
    mounts: (count) =>
      count === 1
        ? 'Un dossier est sauvegardé vide, car un autre disque y commence :'
        : `${f.number(count)} dossiers sont sauvegardés vides, car un autre disque y commence :`,
    empty: 'Il n’y a aucun fichier à sauvegarder.',
  }
}
