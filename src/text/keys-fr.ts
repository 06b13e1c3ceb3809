import type { keysWordsEn } from './keys-en.ts'

export const keysWordsFr: typeof keysWordsEn = {
  command: {
    passphrase: 'la phrase secrète qui chiffre les clés du Datis sur son disque',
    show: 'dire s’il y en a une',
    set: 'chiffrer les clés par une phrase secrète, que chaque démarrage demande ensuite',
    clear: 'garder de nouveau les clés en clair',
  },
  option: {
    passphraseFile:
      'fichier qui contient la phrase secrète (par défaut : celui que nomme DATIS_PASSPHRASE_FILE, sinon elle est demandée)',
  },
  passphraseOf: (folder) => `Phrase secrète de ${folder}`,
  newPassphrase: 'Nouvelle phrase secrète, d’au moins 12 caractères',
  again: 'La même encore une fois',
  different: 'C’en est une autre.',
  sealed:
    'Une phrase secrète chiffre les clés de ce Datis : chaque démarrage la demande. Sans elle, seuls les 24 mots de secours font revenir le Datis.',
  open: 'Qui emporte le disque de ce Datis lit tout : aucune phrase secrète ne chiffre ses clés. Pour en choisir une : datis box passphrase set --data DOSSIER',
}
