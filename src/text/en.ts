/** English words. The type of this catalogue is what every other language has to fill. */

import { communityWordsEn } from './community-en.ts'
import { consoleWordsEn } from './console-en.ts'
import { drillWordsEn } from './drill-en.ts'
import { findWordsEn } from './find-en.ts'
import type { Formats } from './formats.ts'
import { hostingWordsEn } from './hosting-en.ts'
import { keysWordsEn } from './keys-en.ts'
import { labWordsEn } from './lab-en.ts'
import { leaveWordsEn } from './leave-en.ts'
import { mailWordsEn } from './mail-en.ts'
import { peerWordsEn } from './peer-en.ts'
import { phasesEn } from './phases-en.ts'
import { policyWordsEn } from './policy-en.ts'
import { sheetWordsEn } from './sheet-en.ts'
import { sourceWordsEn } from './source-en.ts'
import { statusWordsEn } from './status-en.ts'
import { usageWordsEn } from './usage-en.ts'

export function english(f: Formats) {
  const files = (count: number): string => f.plural(count, 'file', 'files')
  const boxes = (count: number): string => f.plural(count, 'box', 'boxes')
  return {
    help: {
      usage: 'Usage:',
      options: 'Options:',
      commands: 'Commands:',
      arguments: 'Arguments:',
      command: 'command',
      byDefault: (value: string) => `default: ${value}`,
      /** Names of values, as help has them, in this language. */
      named: (text: string) => text,
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
      boxContacts: 'show whom hosts tell of unusual releases of this box, or name up to four mail addresses',
      boxLimit: 'show or set how fast this box may use its line, by hours of the week',
      boxMail: 'show, set or try the mail server by which this box warns contacts of others',
      boxRun: 'run the box: host for the community, answer commands, until stopped',
      community: 'the boxes that host for one another',
      communityFound: 'found a community, alone or with boxes whose data folders are all at hand',
      communityShow: 'show the members and the code',
      communityWithout: 'what still holds without some boxes: their names, ids or the beginnings of ids',
      communityInvite: 'make a code that lets one organisation join, once, within 48 hours',
      communityJoin: 'join the community that a code invites into; a further box of a member: with --contact alone',
      communityAddress: 'tell the community where this box is reached from now on, likeliest first',
      communityPending: 'list what waits for approvals',
      communityApprove: 'approve of an act, in the name of this organisation',
      communityLeave: 'leave the community, once nobody leans on this box any more',
      communityExpel: 'propose to put an organisation out',
      communityRevoke: 'take an invitation back',
      snapshot: 'states of the sources at an instant',
      snapshotTake: 'take a snapshot of the named sources, or of all',
      snapshotList: 'list the snapshots',
      snapshotShow: 'list a folder of a snapshot',
      disperse: 'put what the vault holds on the hosts, until every fragment is in its place',
      restore: 'bring files of a snapshot back into a folder',
      recover: 'rebuild a box from its 24 words and one member of its community',
      root: 'acts that only the recovery words may sign',
      rootSign: 'say what a request asks, and sign it with the recovery words (on any machine)',
      rootApply: 'hand a signed request to the box, or over it to the hosts of the box that it is about',
      rootHeads: 'list the heads that are known of a box: which one was the last good one?',
      rootRequest: 'ask the root key for help against a thief of a box',
      rootUndo: 'ask that all releases of a box be taken back',
      rootCondemn: 'ask that what hosts got after a head of a box go at once, because its owner did not put it',
      rootBudget: 'ask that a box may release more than its hosts let pass',
      vault: 'what this box keeps of its own',
      vaultFetch: 'bring home what only hosts have, as after a recovery',
      vaultCheck: 'read and verify the vault, and what hosts hold of it',
      vaultReindex: 'rebuild the index from the log and the packs',
      hosting: 'what this box keeps for others, and where its own fragments are',
      hostingShow: 'show who keeps how much where, and what will be forgotten when',
      hostingScrub: 'read again all that this box keeps for others',
      release: 'what hosts are asked to forget',
      releaseList: 'list what hosts were asked to forget, and how far they are',
      releaseCancel: 'take releases back: of the named packs, or of all',
      releaseUndo: 'take back what another member’s box has released, when its key may be in wrong hands',
      releaseApprove: 'let another member’s box release more than its hosts let pass',
      peer: 'the boxes of other members, and whether they reach this one',
      peerList: 'show the other boxes, and which of them answer now',
      peerProbe: 'have two or three members dial this box back, and say what they found',
      brake: 'how much this box may release',
      brakeShow: 'show how much each host lets this box release, and what it found unusual',
      demo: 'a community of real boxes on this machine: save, lose boxes, recover, compare',
      lab: 'a practice community of real boxes on this machine, which stays until you end it',
      labUp: 'make a community of N boxes (2 to 12), each a process; without N, start again what does not run',
      labShow: 'show the boxes and how they are',
      labFail:
        'let box N fail. HOW: fire (killed, its folder gone), silent (runs and answers nobody), cut (off), liar (some bits flipped in what it keeps)',
      labHeal: 'make all well: start, recover from the words, read again, disperse',
      labDown: 'stop all boxes and delete their folder',
    },
    option: {
      name: 'name of the box (default: of this machine)',
      zone: 'time zone (default: of this machine)',
      listen: 'where to listen for other boxes',
      address: 'where other boxes reach this one (default: derived from --listen)',
      wordsTo: 'write the recovery words to a new file instead of the screen',
      wordsOf: 'make another box of the organisation whose words this file holds',
      dataEach: 'data folder of one founder; once for each box',
      successor: 'found a community that follows one of which no majority has answered for 7 days',
      contact: 'where the joiner reaches a member, HOST:PORT; may be repeated (default: this box and others)',
      contactOfMember: 'where a member answers, for a further box of a member; may be repeated',
      inviteFor: 'for whom it is, as those who approve will read it',
      valid: 'how long the code is good, as 90s, 10m, 2h (default and most: 48h)',
      organisationName: 'name of the organisation in the list of members (default: of the box)',
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
      outRequest: 'file to write the request to',
      ownerBox: 'id of the box that it is about (default: this one)',
      lastGood: 'number of the last good head, from datis root heads',
      yes: 'do not ask before signing',
      boxes: 'number of boxes',
      lose: 'how many hosts to lose besides the owner (default: 2, or as many as may be lost)',
      keep: 'leave all boxes running at the end, those that were lost too, with the console of the first',
      labFolder: 'folder of the lab (default: $XDG_STATE_HOME/datis/lab, else ~/.local/state/datis/lab)',
      fast: 'let a day pass in 10 seconds where spare hosts wait (48 h) and where hosts count lived time (releases, 44 days; the brake); all else, such as invitations, takes as long as ever',
      labKeep: 'stop the boxes, keep the folder',
      labYes: 'do not ask before deleting',
      budgetBytes: 'how much more, as 500MB or 20GB, on each host',
      budgetClass: 'which class: data or metadata',
      budgetLasting: 'each week from now on, instead of once',
      contactsNone: 'name nobody',
      limitUp:
        'limit for sending in kbit/s, as 2000 or “mon-fri 08:00-18:00 2000”; repeatable, the first that holds counts',
      limitDown: 'limit for receiving, written alike',
      limitOff: 'no limits any more',
      smtp: 'mail server, as smtps://user@host or smtp://host:587 (STARTTLS)',
      mailFrom: 'address of the sender',
      passwordFile: 'file that holds the password; kept in the data folder, never shown',
      mailOff: 'send no mail any more',
      mailTest: 'send a test mail to this address',
      snapshotId: 'snapshot id, the beginning of one, or latest',
    },
    usage: usageWordsEn(f),
    failure: {
      title: 'Datis could not do this.',
      technical: (code: string) => `(code ${code})`,
      cancelled: 'Cancelled. Nothing that was acknowledged is lost; the same command goes on where it stopped.',
    },
    phase: phasesEn,
    progress: {
      files,
      remaining: (ms: number) => `${f.duration(ms)} left`,
      of: (done: string, total: string) => `${done} of ${total}`,
      boxes: (count: number) => f.plural(count, 'box', 'boxes'),
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
      held: 'Held',
      released: 'Released',
      nextPurge: 'Next purge in',
      rotten: 'Damaged',
      contacts: 'Contacts',
      told: 'Last told',
      class: 'Class',
      least: 'Least in 30 days',
      room: 'May be released',
      budget: 'Budgets',
      pack: 'Pack',
      until: 'At the earliest',
      cause: 'Cause',
      what: 'What',
      act: 'Act',
      by: 'By',
      about: 'About',
      approvals: 'Approvals',
      since: 'Since',
      number: 'N',
      folder: 'Folder',
      process: 'Process',
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
    community: communityWordsEn(f),
    source: sourceWordsEn(f),
    snapshot: {
      none: 'There is no snapshot yet. Take one with: datis snapshot take',
      taken: (source: string, count: number, bytes: string) => `“${source}” is saved: ${files(count)}, ${bytes}.`,
      unread: (source: string) =>
        `Nothing of “${source}” could be read: it was not saved. Look at its paths and rights.`,
      incomplete: (count: number) =>
        `${f.plural(count, 'item', 'items')} could not be saved; everything else is. The snapshot is marked incomplete:`,
      fell: (source: string, count: number, before: number, bytes: string, bytesBefore: string) =>
        `Attention: “${source}” has far less than the last time: ${files(count)} instead of ${f.number(before)}, ${bytes} instead of ${bytesBefore}. Earlier snapshots have the rest; see why before they expire, or keep one: datis snapshot hold`,
      less: 'far less than before',
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
      silent: (count: number, names: string) => `${f.plural(count, 'box was', 'boxes were')} not reached: ${names}.`,
      missing: (count: number) =>
        `${f.plural(count, 'pack', 'packs')} with lists of files could not be had from those who answered: snapshots that need them cannot be read for now.`,
      earlier: 'Earlier states can be had too, with --before:',
      next: (data: string) =>
        `Bring the files back with: datis restore latest TARGET --data ${data}\nThen, before the next snapshot: datis vault fetch --data ${data}  (else all of it is sent again).`,
    },
    root: {
      asks: 'This request asks the root key of the organisation to sign:',
      confirm: 'Sign it?',
      refused: 'Nothing was signed.',
      requested: (path: string) =>
        `The request is in ${path}. Take it to where the words are and run: datis root sign ${path} --words FILE --out FILE`,
      signed: (path: string) => `Signed: ${path}.`,
      next: {
        box: (path: string) => `Take it to the box and run: datis root apply ${path} --data DIR`,
        hosts: (path: string) => `Take it to any box of the community and run: datis root apply ${path} --data DIR`,
      },
      headsNone: 'No head of that box is known here.',
      condemned: (box: string, count: number, bytes: string, hosts: number) =>
        `Condemned on ${f.plural(hosts, 'host', 'hosts')} of ${box}: ${f.plural(count, 'fragment is', 'fragments are')} gone, ${bytes}.`,
      unasked:
        'These hosts did not say what was released: a later release that only they know would not be taken back.',
      trouble: 'These hosts did not do it, or not all of it:',
      again: 'Apply the same file again once they answer: what is done already does not change.',
      budget: { once: 'once, within 30 days', lasting: 'each week from now on' } as Record<string, string>,
      applied: (what: string) => `Applied: ${what}.`,
      kinds: {
        epoch: 'to end a fork: a new epoch begins after the head it names, other branches are void',
        certificate: 'to certify the key of a box: whoever holds that key speaks for the box',
        undo: 'to take back all that the box has released until then: hosts keep it as before',
        condemn:
          'to remove AT ONCE and for good what hosts got of the box after the head it names, under keys of its epoch and earlier ones; what they had before stays',
        'brake-budget': 'to let the box release that much more on each host, beyond what hosts let pass by themselves',
      } as Record<string, string>,
      field: {
        organisation: 'organisation',
        box: 'box',
        epoch: 'epoch',
        number: 'head',
        hash: 'hash of the head',
        until: 'until',
        class: 'class',
        bytes: 'size',
        budget: 'how often',
        at: 'asked at',
        role: 'role',
      } as Record<string, string>,
    },
    vault: {
      ok: (packs: number, bytes: string) =>
        `All is well: ${f.plural(packs, 'pack', 'packs')}, ${bytes}, all read and verified.`,
      damaged: (count: number) => `${f.plural(count, 'damaged copy', 'damaged copies')} found:`,
      heal: 'Run datis disperse: it puts sound fragments back in their place, from the vault or from the other hosts.',
      unreached: (names: string) => `Could not be asked: ${names}.`,
      here: 'this box',
      fetched: 'All of the vault is on this box.',
      away: (packs: number, bytes: string) =>
        `${f.plural(packs, 'pack is', 'packs are')} with hosts only still (${bytes}): the disk is almost full, or too few of them answer.`,
      reindexed: (packs: number, chunks: number, snapshots: number) =>
        `The index is rebuilt: ${f.plural(packs, 'pack', 'packs')}, ${f.plural(chunks, 'chunk', 'chunks')}, ${f.plural(snapshots, 'snapshot', 'snapshots')}.`,
    },
    ...hostingWordsEn(f),
    limits: {
      none: 'no limit',
      kbit: (kbit: number) => `${f.number(kbit)} kbit/s`,
      rule: (direction: 'up' | 'down', rule: string) => `${direction === 'up' ? 'Sends' : 'Receives'} ${rule}`,
      now: (up: string, down: string) => `Now: sending ${up}, receiving ${down}.`,
    },
    peer: peerWordsEn,
    leave: leaveWordsEn(f),
    policy: policyWordsEn(f),
    drill: drillWordsEn(f),
    sheet: sheetWordsEn,
    status: statusWordsEn(f),
    find: findWordsEn(f),
    console: consoleWordsEn,
    keys: keysWordsEn,
    ...mailWordsEn(f),
    demo: {
      begin: (count: number, folder: string) =>
        `${boxes(count)} on this machine, each a process of its own; saving ${folder}`,
      founded: (n: number, k: number) =>
        `One box founded a community, the others joined it with its codes. Any ${f.number(k)} of ${f.number(n)} fragments ${k === 1 ? 'brings' : 'bring'} a pack back.`,
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
    lab: labWordsEn(f),
  }
}

export type Catalogue = ReturnType<typeof english>
