/** Give me my file back. */
import type { Formats } from '../formats.ts'

export function restoreEn(f: Formats) {
  return {
    nothing: 'Once a source is saved, its files of each day are found here.',
    when: 'When',
    where: 'Folders',
    what: 'File',
    find: 'Name of a file or folder',
    findShort: 'A file, a folder…',
    search: 'Search',
    openThis: (at: string) => `Files of ${at} ›`,
    otherDay: 'Choose another day',
    browse: 'Back to the folders',
    noSnapshotTitle: 'No snapshot yet',
    noSnapshot: 'The first one of this source is still to be taken.',
    goneTitle: 'This snapshot is there no more',
    gone: 'Its retention is over. Choose another day.',
    ofDay: 'Snapshots of this day',
    day: (day: string, count: number) => `${day}: ${f.plural(count, 'snapshot', 'snapshots')}`,
    days: 'Days with snapshots, newest first',
    taken: (count: number, incomplete: number) =>
      incomplete === 0
        ? f.plural(count, 'snapshot', 'snapshots')
        : `${f.plural(count, 'snapshot', 'snapshots')}, ${f.number(incomplete)} incomplete`,
    gap: (days: number) => `${f.plural(days, 'day', 'days')} without a snapshot`,
    newerDays: '‹ Newer days',
    olderDays: 'Older days ›',
    inZone: (zone: string) => `Dates and times are those of the box (${zone}).`,
    monthBefore: 'The month before',
    monthAfter: 'The month after',
    asOf: (at: string) => `As it was on ${at}`,
    fileAsOf: (at: string) => `As it was saved on ${at}`,
    nowUnsaved: 'To keep both, put a copy beside instead.',
    emptyFolder: 'This folder is empty.',
    incomplete: (cause: string) => `could not be read then (${cause})`,
    found: (count: number, more: boolean) =>
      more
        ? `The first ${f.number(count)}; a longer name finds fewer.`
        : f.plural(count, 'thing found', 'things found'),
    notFoundTitle: (text: string) => `Nothing is called “${text}”`,
    notFound: 'Every snapshot was searched. Try a part of the name, or look into the folders.',
    preview: 'Preview',
    noPreview: 'There is no preview of this kind of file: download it to look at it.',
    cut: 'This is the beginning; the download has all of it.',
    download: 'Download',
    beside: 'Put a copy beside, with its date',
    over: 'Put back in its place',
    overWhat: (name: string, date: string) =>
      `What is in the place of “${name}” now is replaced by how it was on ${date}. What it is now is lost unless a snapshot has it.`,
    overYes: 'Replace it',
    versions: 'Versions',
    newest: 'newest',
    shown: 'this one',
    firstVersion: 'first version',
    moreBytes: (bytes: string) => `+${bytes}`,
    fewerBytes: (bytes: string) => `−${bytes}`,
    sameBytes: 'same size',
    oldest: 'older ones are not listed',
    readAs: (encoding: string) => `Read as ${encoding}.`,
    wholeFolder: 'This folder',
    zip: 'Download as a zip',
    putFolder: 'Put this folder back',
    pick: (name: string) => `Choose ${name}`,
    pickAll: 'Choose all that is shown',
    picked: (count: number) => f.plural(count, 'thing chosen', 'things chosen'),
    unpick: 'Choose none',
    zipPicked: 'Download one zip',
    putPicked: 'Put back',
    overSeveral: (count: number, date: string) =>
      `What is in the place of these ${f.number(count)} things now is replaced by how it was on ${date}. What it is now is lost unless a snapshot has it.`,
    fromHere: (bytes: string) => `${bytes}, all of it on this box.`,
    fromHosts: (bytes: string, remote: string, names: readonly string[]) =>
      names.length === 0 ? `${bytes}, ${remote} of it from hosts.` : `${bytes}, ${remote} of it from ${f.list(names)}.`,
    takes: (duration: string) => `About ${duration}.`,
    history: 'Who took what back',
    how: {
      file: 'downloaded',
      zip: 'downloaded as a zip',
      preview: 'looked at',
      over: 'put back in its place',
      beside: 'put beside',
    },
    all: 'all of it',
  }
}
