/** English words. The type of this catalogue is what every other language has to fill. */
import type { Formats } from './formats.ts'

export function english(f: Formats) {
  const files = (count: number): string => f.plural(count, 'file', 'files')
  const boxes = (count: number): string => f.plural(count, 'box', 'boxes')
  return {
    help: {
      usage: 'Usage:',
      options: 'Options:',
      commands: 'Commands:',
      arguments: 'Arguments:',
      help: 'show this help',
      version: 'show the version',
      json: 'print one JSON object on the last line',
      lang: 'language of the words: fr or en',
      data: 'data folder of the box',
      wordsIn: 'file that holds the 24 recovery words',
    },
    command: {
      datis: 'Datis: mutual backup without a datacenter',
      box: 'make and run a box',
      boxCreate: 'make a box and show its 24 recovery words, once',
      boxRun: 'run the box: host for the community, answer commands, until stopped',
      community: 'the boxes that host for one another',
      communityFound: 'found a community with boxes whose data folders are all at hand',
      communityShow: 'show the members and the code',
      source: 'what is saved',
      sourceAdd: 'add a source: a name and the paths to save',
      sourceList: 'list the sources',
      snapshot: 'states of the sources at an instant',
      snapshotTake: 'take a snapshot of the named sources, or of all',
      snapshotList: 'list the snapshots',
      snapshotShow: 'list a folder of a snapshot',
      disperse: 'put what the vault holds on the hosts, until every fragment is in its place',
      restore: 'bring files of a snapshot back into a folder',
      recover: 'rebuild a box from its 24 words and one member of its community',
      root: 'acts that only the recovery words may sign',
      rootSign: 'say what a request asks, and sign it with the recovery words (on any machine)',
      rootApply: 'hand a signed request to the box',
      vault: 'what this box keeps of its own',
      vaultCheck: 'read and verify the vault, and what hosts hold of it',
      vaultReindex: 'rebuild the index from the log and the packs',
      demo: 'a community of real boxes on this machine: save, lose boxes, recover, compare',
    },
    option: {
      name: 'name of the box (default: of this machine)',
      zone: 'time zone (default: of this machine)',
      listen: 'where to listen for other boxes',
      address: 'where other boxes reach this one (default: derived from --listen)',
      wordsTo: 'write the recovery words to a new file instead of the screen',
      wordsOf: 'make another box of the organisation whose words this file holds',
      dataEach: 'data folder of one founder; once for each box',
      exclude: 'leave out what matches (rules of .gitignore); may be repeated',
      oneFileSystem: 'do not enter other file systems',
      wait: 'how long to wait for hosts, as 90s, 10m, 2h',
      over: 'replace what is in the way',
      beside: 'keep what is in the way, restore beside it with the date in the name',
      missing: 'restore only what is missing',
      dryRun: 'only say what would be restored',
      peer: 'address of a member, HOST:PORT; may be repeated',
      boxId: 'which box of the organisation, when it has several',
      before: 'the newest state not after this instant (ISO 8601)',
      out: 'file to write the signed statement to',
      yes: 'do not ask before signing',
      boxes: 'number of boxes',
      lose: 'how many hosts to lose besides the owner (default: 2, or as many as may be lost)',
      keep: 'leave the boxes running at the end and say where',
      snapshotId: 'snapshot id, the beginning of one, or latest',
    },
    usage: {
      unknownOption: (name: string) => `There is no option ${name} here.`,
      unknownCommand: (name: string) => `There is no command “${name}” here.`,
      missingArgument: (name: string) => `The argument ${name} is missing.`,
      missingOption: (name: string) => `The option ${name} is required.`,
      optionValue: (name: string) => `The option ${name} needs a value.`,
      tooMany: 'There are more arguments than this command takes.',
      conflict: (one: string, other: string) => `${one} and ${other} cannot be given together.`,
      bad: (what: string, value: string, expected: string) => `${what}: “${value}” is not ${expected}.`,
      noCommand: 'Which command?',
      seeHelp: (command: string) => `See: ${command} --help`,
      expected: {
        address: 'an address like backup.example.org:4600, 192.0.2.7:4600 or [2001:db8::7]:4600',
        duration: 'a duration like 90s, 10m or 2h',
        instant: 'an instant like 2026-11-24T06:00:00Z',
        zone: 'a time zone like Europe/Paris',
        language: 'fr or en',
        count: (from: number, to: number) => `a whole number from ${f.number(from)} to ${f.number(to)}`,
      },
    },
    failure: {
      title: 'Datis could not do this.',
      technical: (code: string) => `(code ${code})`,
      cancelled: 'Cancelled. Nothing that was acknowledged is lost; the same command goes on where it stopped.',
    },
    phase: {
      walk: 'looking for files',
      snapshot: 'saving',
      encode: 'making fragments',
      upload: 'sending to hosts',
      witness: 'collecting receipts',
      fetch: 'fetching from hosts',
      restore: 'restoring',
      check: 'verifying',
      reindex: 'rebuilding the index',
      recover: 'recovering',
    },
    progress: {
      files,
      remaining: (ms: number) => `${f.duration(ms)} left`,
      of: (done: string, total: string) => `${done} of ${total}`,
      reached: {
        protected: 'Protected: enough hosts hold enough fragments to bring everything back. Going on to full margin.',
      },
    },
    state: {
      complete: 'complete',
      incomplete: 'incomplete',
      whole: 'whole',
      protected: 'protected',
      stored: 'stored',
    },
    kind: { file: 'file', folder: 'folder', symlink: 'link', hardlink: 'second name', other: 'other' },
    column: {
      id: 'Id',
      source: 'Source',
      at: 'Taken',
      state: 'State',
      files: 'Files',
      bytes: 'Size',
      kind: 'Kind',
      mode: 'Mode',
      owner: 'Owner',
      modified: 'Changed',
      name: 'Name',
      paths: 'Paths',
      excludes: 'Excluded',
      organisation: 'Organisation',
      box: 'Box',
      address: 'Address',
      host: 'Host',
      fragment: 'Fragment',
      fragments: 'Fragments',
      fate: 'Fate',
      phase: 'Phase',
      duration: 'Time',
      rate: 'MiB/s',
      cpu: 'CPU s/GiB',
      path: 'Path',
      cause: 'Cause',
      what: 'What',
    },
    box: {
      created: (box: string, root: string) => `The box ${box} is made. Its organisation is ${root}.`,
      wordsHere:
        'These 24 words bring the box back when all else is lost. They are shown this once and stored nowhere:',
      wordsAdvice:
        'Write them on paper, keep the paper away from the box, and tell a second person where it is. Whoever has them reads all your data; without them nobody can bring it back, not even we.',
      wordsWritten: (path: string) =>
        `The 24 recovery words are in ${path}, readable by you alone. Copy them to paper, then erase the file.`,
      wordsUnseen:
        'The recovery words of this new organisation were neither shown nor written: its data cannot be recovered if this box is lost. To keep them, make the box with --words-to FILE.',
      running: (listen: string) => `The box runs and listens on ${listen}. Ctrl+C stops it.`,
      stopped: 'The box has stopped.',
    },
    community: {
      founded: (community: string, count: number) => `Community ${community} is founded with ${boxes(count)}.`,
      is: (community: string, number: number) => `Community ${community}, charter ${f.number(number)}`,
      code: (n: number, k: number) =>
        `Each pack becomes ${f.plural(n, 'fragment', 'fragments')} on as many hosts; any ${f.number(k)} bring it back, ${f.number(n - k)} may be lost.`,
    },
    source: {
      added: (name: string) => `The source “${name}” is added. Save it with: datis snapshot take`,
      none: 'There is no source yet. Add one with: datis source add NAME PATH',
    },
    snapshot: {
      none: 'There is no snapshot yet. Take one with: datis snapshot take',
      taken: (source: string, count: number, bytes: string) => `“${source}” is saved: ${files(count)}, ${bytes}.`,
      unread: (source: string) =>
        `Nothing of “${source}” could be read: it was not saved. Look at its paths and rights.`,
      incomplete: (count: number) =>
        `${f.plural(count, 'item', 'items')} could not be saved; everything else is. The snapshot is marked incomplete:`,
      empty: 'This folder is empty.',
      partial: 'not read this time',
    },
    disperse: {
      whole: 'Full margin: every fragment is on its host.',
      protected: 'Protected, but not yet with full margin: some fragments are not in their place.',
      stored: 'Not protected: what this box holds could not be brought back if it were lost now.',
      stripes: (whole: number, protectedCount: number, total: number) =>
        `Packs: ${f.number(total)}, protected ${f.number(protectedCount)}, whole ${f.number(whole)}.`,
      head: (head: number, receipts: number, needed: number) =>
        `Head ${f.number(head)} has ${f.plural(receipts, 'receipt', 'receipts')} of ${f.number(needed)} needed.`,
      lost: (count: number) =>
        `${f.plural(count, 'pack was', 'packs were')} lost before being protected: older snapshots may lack data, the newest complete ones do not.`,
      trouble: 'These hosts did not take what they should:',
      again: 'Run the command again once they answer; it sends only what is missing.',
    },
    restore: {
      done: (count: number, bytes: string) => `Restored: ${files(count)}, ${bytes}.`,
      would: (count: number, bytes: string) => `Would be restored: ${files(count)}, ${bytes}. Nothing was written.`,
      failed: (count: number) => `${f.plural(count, 'item', 'items')} could not be restored:`,
      notSet: (count: number) => `On ${f.plural(count, 'item', 'items')} the system refused to set an attribute:`,
      damaged: (count: number) =>
        `${f.plural(count, 'fragment was', 'fragments were')} found damaged and worked around:`,
    },
    recover: {
      done: (box: string, at: string) => `The box ${box} is back, as it was at ${at}.`,
      newest: 'Enough members answered: this is the newest state there is.',
      perhaps:
        'This is the newest state that was found. A newer one may exist on a member that did not answer, or answered falsely.',
      answered: (count: number, names: string) => `${f.plural(count, 'box', 'boxes')} answered: ${names}.`,
      hosts: (count: number, names: string) =>
        `${f.plural(count, 'host keeps', 'hosts keep')} its fragments: ${names}.`,
      missing: (count: number) =>
        `${f.plural(count, 'pack', 'packs')} with lists of files could not be had from those who answered: snapshots that need them cannot be read for now.`,
      earlier: 'Earlier states can be had too, with --before:',
      next: (data: string) => `Bring the files back with: datis restore latest TARGET --data ${data}`,
    },
    root: {
      asks: 'This request asks the root key of the organisation to sign:',
      confirm: 'Sign it?',
      refused: 'Nothing was signed.',
      signed: (path: string) => `Signed: ${path}. Take it to the box and run: datis root apply ${path} --data DIR`,
      applied: (what: string) => `Applied: ${what}.`,
      kinds: {
        epoch: 'to end a fork: a new epoch begins after the head it names, other branches are void',
        certificate: 'to certify the key of a box: whoever holds that key speaks for the box',
      } as Record<string, string>,
      field: {
        organisation: 'organisation',
        box: 'box',
        epoch: 'epoch',
        head: 'head',
        at: 'at',
        role: 'role',
        publicKey: 'public key',
      } as Record<string, string>,
    },
    vault: {
      ok: (packs: number, bytes: string) =>
        `All is well: ${f.plural(packs, 'pack', 'packs')}, ${bytes}, all read and verified.`,
      damaged: (count: number) => `${f.plural(count, 'damaged copy', 'damaged copies')} found:`,
      heal: 'Run datis disperse: it puts sound fragments back in their place, from the vault or from the other hosts.',
      unreached: (names: string) => `Could not be asked: ${names}.`,
      here: 'this box',
      reindexed: (packs: number, chunks: number, snapshots: number) =>
        `The index is rebuilt: ${f.plural(packs, 'pack', 'packs')}, ${f.plural(chunks, 'chunk', 'chunks')}, ${f.plural(snapshots, 'snapshot', 'snapshots')}.`,
    },
    demo: {
      begin: (count: number, folder: string) =>
        `${boxes(count)} on this machine, each a process of its own; saving ${folder}`,
      founded: (n: number, k: number) =>
        `Community founded. Any ${f.number(k)} of ${f.number(n)} fragments bring a pack back.`,
      holders: 'Who holds what of the owner’s data (sealed, unreadable to them):',
      kill: (count: number) =>
        `Now the fire: the owner’s box and ${f.plural(count, 'host', 'hosts')} are killed (SIGKILL) and their data folders deleted.`,
      recovering: (peer: string) => `A new, empty box has the 24 words and the address of one survivor, ${peer}.`,
      comparing: 'Comparing every byte and all metadata.',
      lost: 'lost',
      lives: 'lives',
      spare: 'spare host',
      account: 'The account',
      saved: (count: number, bytes: string) => `Saved: ${files(count)}, ${bytes}.`,
      held: (bytes: string, overhead: string) => `On hosts, with parity: ${bytes} (${overhead} of the files’ size).`,
      losses: (lost: number, boxesTotal: number) =>
        `Lost: the owner’s box and ${f.plural(lost, 'host', 'hosts')} of ${f.number(boxesTotal - 1)}.`,
      memory: (bytes: string) => `Largest memory of a box: ${bytes}.`,
      identical: (count: number) =>
        `IDENTICAL: ${files(count)} came back bit for bit, with mode, owner, times, links and kinds.`,
      unlisted: (count: number) => `${f.plural(count, 'item is', 'items are')} a socket or device: listed, not saved.`,
      different: (count: number) => `DIFFERENT: ${f.plural(count, 'difference', 'differences')}:`,
      missing: (missing: number, needed: number, found: number) =>
        `NOT RECOVERABLE: more was lost than the code bears. Fragments that survive of a pack: ${f.number(found)}; ${f.number(missing)} missing of ${f.number(needed)} needed. Nothing was restored.`,
      noneLeft: 'Every box is gone.',
      leftovers: 'Yet something was written where the restore should go: that must not happen.',
      survived: 'More fragments are lost than the code bears, and yet a restore succeeded: that must not happen.',
      kept: (folder: string, processes: string) =>
        `The boxes are left running; everything is in ${folder}. To stop them: kill ${processes}`,
      more: (count: number) => `… and ${f.number(count)} more`,
      phases: { snapshot: 'snapshot', disperse: 'disperse', recover: 'recover', restore: 'restore' },
      step: (name: string) => `A step of the demo failed: ${name}`,
      unavailable: '–',
    },
  }
}

export type Catalogue = ReturnType<typeof english>
