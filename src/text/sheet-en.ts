/** The recovery sheet, on paper: read on the worst day. */
export const sheetWordsEn = {
  title: 'Recovery sheet',
  lead: 'These 24 words bring back all that this box saved. Whoever reads them can read it all.',
  words: 'The 24 words, column by column',
  qr: 'The same words, to scan',
  facts: 'What they belong to',
  organisation: 'Organisation',
  key: 'Its key',
  box: 'Box',
  boxId: 'Box id',
  community: 'Community',
  noCommunity: 'none yet',
  date: 'Date of the sheet',
  contacts: 'Contact points',
  contactsHint: 'One that answers is enough. Beside each: the key of its organisation.',
  contactsToWrite:
    'Write down here, by hand, whom you can ask once you are in a community: name, address with its port, telephone.',
  worst: 'On the worst day',
  /** What to do, and how. */
  steps: [
    [
      'Stay calm: your files lie on the boxes of the others.',
      'Nobody can read them without this sheet. Switch off and erase nothing that still runs.',
    ],
    [
      'Take a computer with Linux or macOS and an empty disk.',
      'With Node 20 or newer: get Datis, then run npm ci and npm start.',
    ],
    [
      'Open the address that it shows.',
      'Choose to rebuild the box from its peers, and type the setup code that it shows.',
    ],
    [
      'Type the 24 words in order, and one contact point.',
      'Capitals and accents do not matter. If the old box may be stolen, choose a date before the theft.',
    ],
    [
      'Read the date that was found, then restore.',
      'What is needed first goes first; the rest follows. These words stay good: put the sheet back in its place.',
    ],
  ] satisfies [string, string][],
  keep: 'On paper only, in two places, neither of them with the box. No photograph, no mail, no cloud.',
}
