/** The console in the browser. */
import type { Formats } from '../formats.ts'
import { phasesEn } from '../phases-en.ts'
import { firstEn } from './first-en.ts'
import { intentsEn } from './intents-en.ts'
import { peerFaults } from './peer-faults.ts'
import { policiesEn } from './policies-en.ts'
import { restoreEn } from './restore-en.ts'
import { sourcesEn } from './sources-en.ts'
import { wordFor } from './word-for.ts'

const TASKS = {
  'source.add': 'Add a source',
  'source.set': 'Change a source',
  'policy.set': 'Change retention',
  'snapshot.take': 'Snapshot',
  'snapshot.hold': 'Hold a snapshot',
  'snapshot.expire': 'Expire snapshots',
  'community.invite': 'Invite a member',
  'community.join': 'Join a community',
  'community.enter': 'Enter the community',
  'community.readdress': 'Change the address',
  'community.approve': 'Approve an act',
  'community.drain': 'Get ready to leave',
  'community.stay': 'Stay after all',
  'community.leave': 'Leave the community',
  'community.remove': 'Take a box out',
  'community.expel': 'Expel a member',
  'community.revoke': 'Take an invitation back',
  disperse: 'Send to hosts',
  'files.return': 'Put back',
  'vault.fetch': 'Fetch home',
  'vault.scrub': 'Read the vault again',
  'vault.collect': 'Free space',
  'vault.check': 'Check the vault',
  'vault.reindex': 'Rebuild the index',
  'drill.run': 'Drill',
  'hosting.scrub': 'Read what is kept for others',
  'release.cancel': 'Take releases back',
  'release.undo': 'Undo releases',
  'release.approve': 'Approve a release',
  'limits.set': 'Change line limits',
  'peer.probe': 'Probe reachability',
  'contacts.set': 'Change contacts',
  'mail.test': 'Send a test mail',
}

const FACTS = {
  files: 'Files',
  bytes: 'Size',
  packs: 'Packs',
  state: 'State',
  receipts: 'Receipts',
  needed: 'Receipts needed',
  head: 'Head',
  name: 'Name',
  released: 'Packs released',
  dropped: 'Packs dropped here',
  droppedBytes: 'Space freed here',
  repacked: 'Packs packed anew',
  repackedBytes: 'Packed anew',
  damaged: 'Damaged',
  missing: 'Missing',
  mended: 'Mended',
  ok: 'In order',
  at: 'When',
  sent: 'Sent to',
  fragments: 'Fragments',
}

const CAME = {
  whole: 'protected, full margin',
  protected: 'protected',
  stored: 'hosts do not have enough of it yet',
  ok: 'all came back',
  degraded: 'all came back, some hosts missing',
  failed: 'not all came back',
}

const DEEDS = {
  'files.taken': 'looked at or downloaded files',
  'files.returned': 'put files back',
  'intent.made': 'made an intent',
  'intent.approved': 'approved an intent',
  'intent.cancelled': 'cancelled an intent',
  'passkey.added': 'added a passkey',
  'passkey.counter': 'a passkey was refused: its counter does not go up',
  'passkey.removed': 'removed a passkey',
  'session.begun': 'signed in',
  'session.refused': 'was not let in',
  'setup.code': 'a setup code was made',
  'sheet.confirmed': 'confirmed the recovery sheet',
  'sheet.refused': 'gave wrong words of the recovery sheet',
  'source.people': 'said whose a source is',
  'task.begun': 'began a task',
  'token.made': 'made a token',
  'token.revoked': 'revoked a token',
  'user.changed': 'changed an account',
  'user.made': 'made an account',
  'user.password': 'set a password',
  'user.removed': 'removed an account',
  'user.totp': 'changed a second factor',
}

export function webEnglish(f: Formats) {
  const perhaps = (count: number) => (count === 1 ? '1 more loss' : `${f.number(count)} more losses`)
  return {
    actor: { box: 'the box', token: 'a program', other: 'somebody else' },
    never: 'never',
    yes: 'yes',
    peerFault: (code: string) => wordFor(peerFaults.en, code),
    no: 'no',
    justNow: 'just now',
    readOnly: 'To change something, type on the box:',
    action: {
      again: 'Try again',
      cancel: 'Cancel',
      confirm: 'Confirm',
      restore: 'Restore',
      more: 'Show more',
      newest: 'Newest',
      older: 'Older',
      remove: 'Remove',
      close: 'Close',
    },
    fault: {
      happened: 'This page cannot be shown as it is.',
      follows: 'What is saved is not concerned. After an update of the box its pages are other ones.',
      todo: 'Open it again; if that does not help, tell whoever looks after the box what you did.',
    },
    silence: {
      happened: 'The box does not answer.',
      follows: 'It may be starting again, or this device may have lost the network. Nothing that was saved is lost.',
      todo: 'Wait a moment and try again; if it lasts, look whether the box is on.',
      since: (at: string) =>
        `The box has not answered since ${f.time(at)}. This page shows what was known then; it is up to date again as soon as the box answers.`,
    },
    state: {
      proved: 'proved',
      whole: 'protected, full margin',
      protected: 'protected',
      stored: 'stored here',
      incomplete: 'incomplete',
      unknown: 'unknown',
      ended: 'ended',
      done: 'done',
      partial: 'done in part',
      failed: 'failed',
      cancelled: 'cancelled',
      interrupted: 'interrupted',
      running: 'at work',
      waiting: 'waiting',
      complete: 'complete',
      answers: 'answers',
      lent: 'answers (over its own connection)',
      silent: 'does not answer',
    },
    role: { administrator: 'administrator', operator: 'operator', user: 'user', reader: 'read-only' },
    screen: {
      dashboard: 'Dashboard',
      sources: 'Sources',
      restore: 'Restore',
      community: 'Community',
      policies: 'Retention',
      accounts: 'Accounts',
      tasks: 'Tasks and journal',
      profile: 'My account',
    },
    shell: {
      skip: 'Skip to the content',
      menu: 'Menu',
      find: 'Find',
      atWork: (count: number) => f.plural(count, 'task', 'tasks'),
      alarms: (count: number) => f.plural(count, 'alarm', 'alarms'),
      ended: (task: string, state: string) => `${task}: ${state}`,
      seeTask: 'See what it changed',
      otherLanguage: 'FR: en français',
      light: 'Light theme',
      dark: 'Dark theme',
      account: (name: string) => `Account: ${name}`,
      leave: 'Sign out',
    },
    finder: {
      placeholder: 'Screen, source, saved file…',
      source: (name: string) => `Restore from ${name}`,
      files: (text: string) => `Search saved files for “${text}”`,
      nothing: 'Nothing has that name.',
    },
    stepUp: {
      title: 'Confirm that it is you',
      why: 'The box wants to be sure that it is you, not somebody at a screen that was left open. It asks no more for five minutes.',
      passkey: 'Use a passkey',
    },
    signIn: {
      title: 'Datis',
      enter: 'Sign in',
      or: 'or',
      passkey: 'Sign in with a passkey',
    },
    account: {
      name: 'Name',
      password: 'Password',
      passwordHelp: 'At least 12 characters; a sentence of four words does well.',
      code: 'Code',
      codeWhere: 'Six digits of your application, or a code on paper.',
      disabled: 'switched off',
      hasTotp: 'application with codes',
      noTotp: 'none',
      allSources: 'all sources',
      sources: (names: readonly string[]) => (names.length === 0 ? 'no source yet' : `sources: ${f.list(names)}`),
      addWith: 'Accounts are added over the API (docs/protocol/console.md):',
      giveWith: 'Whose a source is, is said in the same way:',
    },
    column: {
      source: 'Source',
      state: 'State',
      newest: 'Last complete',
      actions: 'Actions',
      task: 'Task',
      begun: 'Begun',
      ended: 'Ended',
      by: 'By',
      box: 'Box',
      organisation: 'Organisation',
      latency: 'Answers in',
      gives: 'Keeps for us',
      takes: 'We keep for it',
      role: 'Role',
      factor: 'Second factor',
      created: 'Since',
      name: 'Name',
      size: 'Size',
      modified: 'Changed',
      versions: 'Versions',
    },
    banner: {
      title: {
        proved: 'All is protected',
        protected: 'All is protected',
        stored: 'Not protected yet',
        incomplete: 'Needs a look',
        action: 'Action required',
        unknown: 'Not known',
      },
      nothingYours: 'No source is yours yet: an administrator says which ones are.',
      nothing: 'Nothing is saved yet. Choose a folder, and its first snapshot is taken at once.',
      sheet: 'Nobody has confirmed the recovery sheet. Without its 24 words a burnt box does not come back.',
      unsaved: (names: readonly string[]) =>
        `No snapshot of ${f.list(names)} is complete yet. The first one is due in a moment, or take it now.`,
      out: 'This box is no member of its community any more: hosts give back what is its own for 90 days, and keep nothing new.',
      torn: 'Two different states of this box, or of its community, are signed: its disk was put back, or somebody else has its key. Look into it before anything else.',
      drillFailed: 'The last drill failed: some files did not come back from hosts alone.',
      fell: (names: readonly string[]) =>
        `${f.list(names)} ${names.length === 1 ? 'has' : 'have'} far fewer files, or far less in them, than before. Was something deleted or encrypted? Earlier snapshots still have it.`,
      alone: 'All is stored on this box only: a fire or a theft would take it. Join a community.',
      unconfirmed: 'The newest snapshots are on this box; hosts do not have enough of them yet.',
      unproved: 'Hosts can bring all of it back. No recent drill has proved it.',
      proved: (at: string) => `Hosts can bring all of it back, as the drill of ${f.instant(at)} has proved.`,
      silent: (names: readonly string[], margin: number) =>
        margin < 0
          ? `${f.list(names)} ${names.length === 1 ? 'does' : 'do'} not answer. Without ${names.length === 1 ? 'it' : 'them'} hosts cannot bring all of it back: ask whoever looks after ${names.length === 1 ? 'it whether it is' : 'them whether they are'} off or without Internet.`
          : `${f.list(names)} ${names.length === 1 ? 'does' : 'do'} not answer. Your data can bear ${margin === 0 ? 'no further loss' : perhaps(margin)}; what is missing is made again where another host is free.`,
      incomplete: (names: readonly string[]) =>
        `Some of ${f.list(names)} could not be read. The last complete snapshot is kept.`,
      unknown: (names: readonly string[]) =>
        `Nothing about ${f.list(names)} was confirmed for too long. Is the machine on, are the hosts reached?`,
      late: (names: readonly string[]) => `No snapshot of ${f.list(names)} was taken in time.`,
      mend: {
        take: 'Take a snapshot now',
        disperse: 'Send to hosts now',
        drill: 'Run a drill now',
        add: 'Add a source',
        sheet: 'Recovery sheet',
        look: 'See the details',
        community: 'See the community',
      },
    },
    facts: {
      local: 'Local',
      external: 'Elsewhere',
      proved: 'Proved',
      noSnapshot: 'no snapshot',
      notConfirmed: 'not yet',
      noDrill: 'not yet',
      sources: (count: number) => f.plural(count, 'source is saved', 'sources are saved'),
      hosts: (count: number) => f.plural(count, 'host', 'hosts'),
      notYetThere: (count: number) =>
        count === 1
          ? 'the newest snapshot of one source is not there yet'
          : `the newest snapshots of ${f.number(count)} sources are not there yet`,
      answering: (answering: number, hosts: number) =>
        `${f.number(answering)} of ${f.plural(hosts, 'host', 'hosts')} ${answering === 1 ? 'answers' : 'answer'}`,
      margin: (margin: number) => `margin ${f.number(margin)}`,
      drillDaily: 'A drill runs each day once hosts have the data.',
      drill: (state: 'ok' | 'degraded' | 'failed', files: number) =>
        state === 'failed'
          ? `The last drill failed: of ${f.plural(files, 'file', 'files')} some did not come back.`
          : `${f.plural(files, 'file', 'files')} came back from hosts alone${state === 'degraded' ? ', some hosts missing' : ''}.`,
    },
    dashboard: {
      running: 'At work now',
      alarms: 'Alarms',
      told: 'told by mail',
      notTold: 'told to nobody yet',
    },
    alarm: {
      unknown: (about: string) =>
        about === '' ? 'Nothing is known of the hosts.' : `Nothing about ${about} was confirmed for too long.`,
      incomplete: (about: string) => `Some of ${about} could not be read.`,
      late: (about: string) => `No snapshot of ${about} was taken in time.`,
      fell: (about: string) =>
        `${about} has far fewer files, or far less in them, than before. Was something deleted or encrypted?`,
      drill: (about: string) => (about === '' ? 'The last drill failed.' : `The last drill of ${about} failed.`),
    },
    ring: {
      title: 'The community',
      margin: 'may fall',
      label: (members: number, silent: number) =>
        `${f.plural(members, 'other box', 'other boxes')}, ${silent === 0 ? 'all answer' : `${f.number(silent)} not answering`}`,
      aloneTitle: 'This box is alone',
      alone: 'In a community other boxes keep fragments of what is yours, sealed, and this box keeps theirs.',
    },
    space: {
      title: 'Space',
      used: 'Used on this disk',
      lent: 'Lent to others',
      free: 'Available',
      limit: (bytes: string) => `Others may fill ${bytes} at most.`,
    },
    sources: sourcesEn(f),
    intents: intentsEn(f),
    policies: policiesEn(f),
    community: {
      alone: 'Ask a member for an invitation code, then type on the box one of these:',
      question: 'How many may we lose?',
      holds: (fallen: number, left: number) =>
        fallen === 0
          ? `All answer. ${left === 0 ? 'None of them may fall' : `${f.number(left)} of them may fall at once, and all that is protected still comes back`}.`
          : `With ${f.number(fallen)} gone all that is protected still comes back; ${left === 0 ? 'no further one may fall' : `${f.number(left)} more may fall`}.`,
      falls: (fallen: number) =>
        `With ${f.number(fallen)} gone hosts alone cannot bring everything back: it takes this box, or one of them again.`,
      first: 'You have founded a community: invite the first member.',
      notYet: 'It is not known yet: hosts say what they hold at the next dispersal.',
      comesBack: (held: string, total: string, snapshots: { held: number | null; total: number }) =>
        `Hosts alone bring back ${held} of ${total}${
          snapshots.held === null
            ? ''
            : `, and ${f.number(snapshots.held)} of ${f.plural(snapshots.total, 'snapshot', 'snapshots')}`
        }.`,
      asOf: (at: string) => `As hosts confirmed it on ${f.instant(at)}.`,
      ifGone: 'If it falls',
      ifThis: (margin: number) => (margin < 0 ? 'not all comes back' : `margin ${f.number(margin)}`),
      tryIt: 'Click on members to see what holds without them.',
      members: (count: number) => f.plural(count, 'other box', 'other boxes'),
      ms: (ms: string) => `${ms} ms`,
      facts: 'Charter',
      charter: (id: string, number: string, n: number, k: number) =>
        `Community ${id}, charter ${number}. Each pack becomes ${f.number(n)} fragments, of which any ${f.number(k)} bring it back.`,
      invitations: (count: number) =>
        count === 0 ? 'No invitation is open.' : f.plural(count, 'invitation is open.', 'invitations are open.'),
    },
    task: {
      name: (name: string) => wordFor(TASKS, name),
      phase: (phase: string) => wordFor(phasesEn, phase),
      fact: (key: string) => wordFor(FACTS, key),
      came: (value: string) => wordFor(CAME, value),
      files: (done: number, total: number | null) =>
        total === null ? f.plural(done, 'file', 'files') : `${f.number(done)} of ${f.plural(total, 'file', 'files')}`,
      bytes: (done: string, total: string | null) => (total === null ? done : `${done} of ${total}`),
      boxes: (done: number, total: number | null) =>
        total === null ? f.plural(done, 'box', 'boxes') : `${f.number(done)} of ${f.plural(total, 'box', 'boxes')}`,
      progress: 'Progress',
      left: (duration: string) => `about ${duration} left`,
      showing: 'What is shown',
      show: { all: 'All', running: 'At work', failed: 'Failed', journal: 'Journal' },
      noneTitle: 'Nothing here',
      none: 'Snapshots, drills, restores and all else that takes a while is listed here, while it runs and afterwards.',
      cancel: 'Cancel this task',
      journal: (lines: number) => `Journal (${f.plural(lines, 'line', 'lines')})`,
      saved: (source: string, files: number, bytes: string) =>
        `${source}: ${f.plural(files, 'file', 'files')}, ${bytes}`,
      partial: 'Not all of it succeeded:',
    },
    audit: {
      title: 'Who did what',
      whole: 'The chain of this journal is whole: nothing was changed or taken out.',
      broken: (n: number) =>
        `The chain of this journal is broken at entry ${f.number(n)}: something was changed or taken out.`,
      action: (action: string) => wordFor(DEEDS, action),
    },
    profile: {
      looks: 'Language and theme',
      language: 'Language',
      languages: { fr: 'Français', en: 'English' },
      theme: 'Theme',
      themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
      password: 'Password',
      oldPassword: 'Present password',
      newPassword: 'New password',
      changePassword: 'Change the password',
      passwordChanged: 'The password is changed. Other sessions are signed out.',
    },
    factor: {
      title: 'Second factor',
      is: 'Signing in asks for a code of your application. Whoever learns your password does not come in.',
      isNot: 'With an application on your telephone, whoever learns your password does not come in.',
      begin: 'Set it up',
      replace: 'Set it up anew',
      picture: 'Picture to be read by the application',
      scan: 'Read this picture with an application such as Aegis, 2FAS or that of your password manager.',
      type: 'Type the six digits that it shows.',
      secret: 'Without a camera, type this secret:',
      accept: 'Switch it on',
      off: 'Switch it off',
      offWhat:
        'Without it, whoever learns your password comes in. Your codes on paper are void at once, and the journal says that it was switched off.',
      codes: 'Ten codes for the day on which the telephone is lost. Each works once: print them, or write them down.',
    },
    passkeys: {
      title: 'Passkeys',
      what: 'A passkey signs you in by finger, face or PIN, and no page of somebody else’s can ask for it.',
      notHere: 'Passkeys work at a name of this box over https, not at this address.',
      name: 'Its name',
      example: 'my telephone',
      add: 'Add a passkey',
      removeTitle: (name: string) => `Remove “${name}”?`,
      removeWhat:
        'It signs you in no more. Your password and your other passkeys go on working. Delete it on the device itself, too.',
      stopped: {
        happened: 'No passkey was used.',
        follows: 'It was cancelled, came too late, or the device did not know its owner. Nothing was changed.',
        todo: 'Try again, or use your password.',
      },
      there: {
        happened: 'This device has a passkey for this account already.',
        follows: 'It goes on working. Nothing was changed.',
        todo: 'To have another one, add it on another device.',
      },
    },
    sessions: {
      title: 'Where you are signed in',
      browser: 'Browser',
      program: 'A program',
      address: 'Address',
      seen: 'Last seen',
      isThis: 'this one',
      end: 'Sign out there',
    },
    restore: restoreEn(f),
    first: firstEn(f),
  }
}
