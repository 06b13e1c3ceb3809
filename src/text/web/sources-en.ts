/** What is saved. */
import type { Formats } from '../formats.ts'
import { previewEn } from '../preview-en.ts'
import { wordFor } from './word-for.ts'

const CAUSES = {
  EACCES: 'the account of this box may not read it',
  EPERM: 'the account of this box may not read it',
  EIO: 'the disk fails to read it',
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'a link stands in the way',
  ENAMETOOLONG: 'its path is too long',
  OWN_FOLDER: 'it is the data folder of this box, which it never saves',
  TORN: 'it changed each time it was read',
  XATTRS_TOO_LARGE: 'it has too many attributes; its content is saved',
  NOT_A_FILE: 'something else took its place',
}

export function sourcesEn(f: Formats) {
  return {
    add: 'Add a source',
    noSnapshot: 'no complete snapshot yet',
    noneTitle: 'Nothing is saved yet',
    none: 'A source is one or several folders of this box that are saved together. Begin with the one whose loss would hurt most.',
    name: 'Name',
    nameHelp: 'As you call it: accounts, plans, photographs.',
    paths: 'Folders',
    pathsHelp: 'One on each line, as this box knows it: /srv/plans',
    excludes: 'Left out',
    excludesHelp: 'One rule on each line, as in .gitignore: *.tmp, cache/',
    oneFileSystem: 'Stay on one disk: what is mounted below is left out',
    importance: 'Importance',
    important: { high: 'high', normal: 'normal', low: 'low' },
    all: (count: number) => `See all ${f.number(count)} sources`,
    filter: 'Filter sources',
    take: 'Snapshot now',
    takeAll: 'Snapshot of all now',
    sort: 'In order of',
    sorts: { name: 'name', state: 'state, worst first', newest: 'last complete snapshot, oldest first' },
    page: (page: number, pages: number) => `Page ${f.number(page)} of ${f.number(pages)}`,
    pageBefore: 'Page before',
    pageAfter: 'Next page',
    noneFound: (text: string) => `No source is called “${text}”.`,
    people: 'Whose it is',
    nobody: 'nobody’s in particular',
    last: 'Last run',
    lastIncomplete: 'not all could be read',
    lastFailed: 'failed',
    next: 'Next run',
    nextNow: 'due now',
    unread: 'What could not be read',
    unreadFirst: (shown: number, all: number) =>
      shown < all ? `The first ${f.number(shown)} of ${f.number(all)}.` : f.plural(all, 'thing', 'things'),
    cause: (cause: string) => wordFor(CAUSES, cause),
    look: 'Preview',
    lookAt: (name: string) => `Preview of ${name}`,
    lookHelp: 'What would be saved, and what each rule leaves out. Nothing is changed.',
    counting: 'Counting what would be saved: ten seconds at most.',
    preview: previewEn(f),
    pick: 'Choose a folder…',
    picker: 'Folders of this box',
    here: (path: string) => `Choose ${path}`,
    disk: 'this box',
    noFolders: 'There is no folder in it.',
    noFoldersYet: 'No folder among the first names. It goes on:',
    folderState: {
      unreadable: 'the account of this box may not look into it',
      own: 'the data folder of this box, which it never saves',
      garbled: 'its name is no text: choose the folder above it',
    },
  }
}
