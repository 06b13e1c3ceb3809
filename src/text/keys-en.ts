/** The passphrase that seals the keys of a box. */
export const keysWordsEn = {
  command: {
    passphrase: 'the passphrase that seals the keys of the box on its disk',
    show: 'say whether there is one',
    set: 'seal the keys under a passphrase, which each start asks for from then on',
    clear: 'keep the keys in clear again',
  },
  option: {
    passphraseFile: 'file with the passphrase (default: what DATIS_PASSPHRASE_FILE names, else it is asked for)',
  },
  passphraseOf: (folder: string) => `Passphrase of ${folder}`,
  newPassphrase: 'New passphrase, of at least 12 characters',
  again: 'The same again',
  different: 'That is another one.',
  sealed:
    'A passphrase seals the keys of this box: each start asks for it. Without it, only the 24 recovery words bring the box back.',
  open: 'Whoever takes this box’s disk reads everything: no passphrase seals its keys. To set one: datis box passphrase set --data DIR',
}
