import { accountErrorsEn } from './errors-en-accounts.ts'
import { communityErrorsEn } from './errors-en-community.ts'
import { consoleErrorsEn } from './errors-en-console.ts'
import { firstErrorsEn } from './errors-en-first.ts'
import { mailErrorsEn } from './errors-en-mail.ts'
import { peerErrorsEn } from './errors-en-peers.ts'
import { retentionErrorsEn } from './errors-en-retention.ts'
import {
  CHECK_REINDEX,
  type ErrorSentences,
  HEAL,
  LATER,
  LOOK_AT_DISK,
  NOTHING_WRITTEN,
  OTHER_HOSTS,
  OUR_FAULT,
  UPDATE,
} from './errors-en-shared.ts'

export const errorsEn = {
  ...peerErrorsEn,
  ...communityErrorsEn,
  ...mailErrorsEn,
  ...retentionErrorsEn,
  ...accountErrorsEn,
  ...consoleErrorsEn,
  ...firstErrorsEn,
  // the system's own
  ENOSPC: [
    'The disk is full.',
    'Nothing acknowledged is lost; what was being written was given up.',
    'Free some space, then run the command again: it goes on where it stopped.',
  ],
  EDQUOT: [
    'The disk quota of this account is used up.',
    'Nothing acknowledged is lost; what was being written was given up.',
    'Free some space or raise the quota, then run the command again.',
  ],
  EACCES: [
    'The system does not let this account into {path}.',
    'It was left alone.',
    'Give this account the right, or run Datis as one that has it.',
  ],
  EPERM: [
    'The system forbids this on {path}.',
    'It was left alone.',
    'Run Datis as an account that may do it (root keeps owners and modes).',
  ],
  ENOENT: ['There is nothing at {path}.', NOTHING_WRITTEN, 'Check the spelling of the path.'],
  EEXIST: [
    'There is already something at {path}.',
    'It was not touched.',
    'Choose another name, or move what is there away.',
  ],
  ENOTDIR: ['A part of the path {path} is not a folder.', NOTHING_WRITTEN, 'Check the path.'],
  EISDIR: ['{path} is a folder, where a file is needed.', NOTHING_WRITTEN, 'Give the path of a file.'],
  ENOTEMPTY: ['The folder {path} is not empty.', 'It was not touched.', 'Choose an empty folder.'],
  ELOOP: ['A symbolic link stands in the way at {path}.', 'It was not followed.', 'Give the path without links.'],
  EROFS: [
    'The file system of {path} can only be read.',
    'Nothing was written.',
    'Mount it for writing, or choose another place.',
  ],
  EIO: [
    'The disk failed to read or write {path}.',
    'Nothing acknowledged is lost, but this disk is not to be trusted.',
    LOOK_AT_DISK,
  ],
  EMFILE: [
    'Too many files are open.',
    'The operation stopped.',
    'Raise the limit (ulimit -n), then run the command again.',
  ],
  EADDRINUSE: [
    'Another program already listens on {address}:{port}.',
    'The box did not start.',
    'Stop that program, or give the box another port with --listen when you make it.',
  ],
  EADDRNOTAVAIL: [
    'This machine has no address {address}.',
    'The box did not start.',
    'Give an address of this machine, or [::] for all.',
  ],
  ECONNREFUSED: [
    'Nothing listens at {address}:{port}.',
    LATER,
    'Check that the other box runs and that the address is right.',
  ],
  ECONNRESET: [
    'The other end broke the connection.',
    LATER,
    'Run the command again; if it lasts, look at the line and at the other box.',
  ],
  EHOSTUNREACH: ['No way leads to {address}.', LATER, 'Check the network of this machine.'],
  ENETUNREACH: ['This machine has no network that leads to {address}.', LATER, 'Check the network of this machine.'],
  ENOTFOUND: ['The name {hostname} is unknown.', LATER, 'Check the spelling of the address and the name servers.'],
  ETIMEDOUT: [
    '{address} did not answer in time.',
    LATER,
    'Check that the other box runs and that no firewall stands between.',
  ],
  EPIPE: ['The other end stopped listening.', 'The operation stopped.', 'Run the command again.'],
  ENAMETOOLONG: [
    'The name {path} is too long for this file system.',
    'It was left out.',
    'Choose a target on another file system, or a shorter path.',
  ],
  EXDEV: ['{path} is on another file system.', NOTHING_WRITTEN, 'Keep the data folder on one file system.'],
  // the command itself
  USAGE: ['The command is not complete or not understood.', NOTHING_WRITTEN, 'See its help.'],
  CANCELLED: [
    'The command was cancelled.',
    'Nothing that was acknowledged is lost.',
    'The same command goes on where it stopped.',
  ],
  UNEXPECTED: [
    'Something happened that Datis did not foresee.',
    'The operation stopped; nothing that was acknowledged is lost.',
    OUR_FAULT,
  ],
  WORDS_FILE_EXISTS: [
    'The file {path} exists already.',
    'Nothing was made and the file was not touched.',
    'Give the name of a file that does not exist: words are never written over something.',
  ],
  FILE_TOO_LONG: ['{path} is far longer than what is asked for.', NOTHING_WRITTEN, 'Check that it is the right file.'],
  FAST_NOT_LOCAL: [
    'This box is reached at {address}, from other machines too.',
    'It was not started: who keeps for others waits as long as it has promised them.',
    'Run it without --fast. For practice, make a community on this machine: datis lab up',
  ],
  LAB_BUSY: [
    'Another lab command is at work in {folder}.',
    NOTHING_WRITTEN,
    'Wait until it has ended, or give another --folder.',
  ],
  LAB_EXISTS: [
    'There is a lab in {folder} already.',
    NOTHING_WRITTEN,
    'Look at it: datis lab show. Start what does not run: datis lab up, without a number. Remove it: datis lab down.',
  ],
  LAB_NONE: ['There is no lab in {folder}.', NOTHING_WRITTEN, 'Make one: datis lab up 6'],
  LAB_UNFINISHED: [
    'The lab in {folder} is not finished.',
    NOTHING_WRITTEN,
    'If datis lab up is still at work, wait for it. If it was cut short: datis lab down, then a new one.',
  ],
  LAB_FOLDER_FOREIGN: [
    'The folder {folder} holds something that is no lab.',
    'It was not touched.',
    'Give an empty folder, or one that is not there yet.',
  ],
  LAB_BOX_FAILED: [
    '{name} has failed already.',
    NOTHING_WRITTEN,
    'Make it well with datis lab heal, or choose another box: datis lab show.',
  ],
  LAB_BOX_STOPPED: [
    '{name} does not run.',
    NOTHING_WRITTEN,
    'Start it with datis lab up, or choose another box: datis lab show.',
  ],
  LAB_NOTHING_HELD: [
    '{name} keeps no fragment that it could lie about.',
    NOTHING_WRITTEN,
    'Run datis disperse for another box first, or choose another one.',
  ],
  LAB_START: ['{name} does not start: {cause}', 'The others are as they were.', 'Look into its log: {log}'],
  LAB_STOP: [
    'The process {pid} of {name} does not end.',
    'Its folder was left as it is.',
    'Run the command again, as the account that started the lab.',
  ],
  LAB_SYSTEM: ['The lab needs Linux or macOS.', NOTHING_WRITTEN, 'datis demo shows the same story on this machine.'],
  DEMO_STEP: [
    'A step of the demo failed: {step}',
    'The demo stopped.',
    'The sentence above says why; --keep leaves everything in place to look at.',
  ],
  DEMO_DIFFERENT: ['What came back is not what was saved.', 'The demo failed.', OUR_FAULT],
  DEMO_SURVIVED: [
    'A restore succeeded, or wrote something, although more was lost than the code bears.',
    'The demo failed.',
    OUR_FAULT,
  ],
  NOT_RECOVERABLE: [
    'Fragments that survive of a pack: {have:number}; {missing:number} missing of {needed:number} needed.',
    'This data cannot be brought back from the hosts that are left; nothing was restored.',
    'If a lost box or its disk turns up again, switch it on and try again.',
  ],
  NOT_PROTECTED: [
    'What this box holds is not yet protected.',
    'It could not be brought back if the box were lost now.',
    'Run datis disperse again when more hosts answer.',
  ],
  VAULT_DAMAGED: ['Damaged copies were found.', 'They are named; they are not used.', HEAL],
  RESTORE_INCOMPLETE: [
    'Some items could not be restored.',
    'Everything else was.',
    'See the list; the same command with --missing tries them again.',
  ],
  // items of a report
  OWN_FOLDER: [
    'This is the data folder of the box itself.',
    'It was left out: saving it would save the backup of the backup.',
    'Exclude it from the source to be told no more.',
  ],
  TORN: [
    'The file kept changing while it was read.',
    'What was read last is kept, and marked as torn.',
    'Take a snapshot while the program that writes it is stopped, or save what it exports.',
  ],
  XATTRS_TOO_LARGE: [
    'The extended attributes of this item are larger than Datis keeps.',
    'Its content is saved, without them.',
    'Look at what set them; no usual program needs as much.',
  ],
  LINK_CONTENT: [
    'No name of this file could be restored, so there is nothing to link to.',
    'The link was left out.',
    'See what is said of its other names.',
  ],
  ENODATA: [
    'No content of this item was ever read.',
    'The snapshot knows only its name.',
    'An earlier snapshot may have it.',
  ],
  // box
  BOX_IN_USE: [
    'Another process works on this data folder.',
    NOTHING_WRITTEN,
    'Wait until it ends. If the box runs, commands talk to it by themselves.',
  ],
  BOX_SILENT: [
    'The box in {folder} runs, but does not answer.',
    'Nothing that was acknowledged is lost; the command was given up.',
    'See whether its machine is overloaded or its disk fails; if it lasts, end its process and restart it: datis box run',
  ],
  BOX_STOPPED: [
    'The box stopped before it answered.',
    'Nothing that was acknowledged is lost.',
    'Start it again, then run the command again.',
  ],
  FOLDER_NOT_EMPTY: [
    'The folder {folder} is not empty.',
    'It was not touched.',
    'Give a folder that is empty or does not exist yet.',
  ],
  NAME_INVALID: [
    'A box cannot have the name “{name}”.',
    'It was not made.',
    'Give it a name of 1 to 100 characters, without spaces at its ends, line breaks or control characters.',
  ],
  NO_BOX: [
    'There is no box in {folder}.',
    NOTHING_WRITTEN,
    'Check --data, or make a box with: datis box create --data DIR',
  ],
  ADDRESS_INVALID: ['“{address}” is not an address.', NOTHING_WRITTEN, 'Write host:port, or [IPv6]:port.'],
  ADDRESS_NONE: ['No address is known of the box {box}.', LATER, 'Its organisation has to give it one in the charter.'],
  NOT_FOUNDED: [
    'This box is not in a community yet.',
    NOTHING_WRITTEN,
    'With a code that a member made for you: datis community join CODE --data DIR. To begin one yourself: datis community found --data DIR',
  ],
  OPERATION_UNKNOWN: [
    'The running box does not know this command ({name}).',
    NOTHING_WRITTEN,
    'It runs another version of Datis: stop it and start it again.',
  ],
  SOURCE_ENDED: [
    'No snapshot of “{name}” is taken any more.',
    'None was taken; those that there are stay.',
    'To save it again: datis source resume {name}',
  ],
  SOURCE_EXISTS: ['There is already a source “{name}”.', NOTHING_WRITTEN, 'Choose another name.'],
  SOURCE_NAME_INVALID: [
    'A source cannot have the name “{name}”.',
    NOTHING_WRITTEN,
    'Give it a name of 1 to 100 characters, without spaces at its ends, line breaks or characters that cannot be seen.',
  ],
  SOURCE_PATH_RELATIVE: [
    'The path “{path}” does not begin at the root of the disk.',
    NOTHING_WRITTEN,
    'Write it in full, such as /home/anne.',
  ],
  SOURCE_UNKNOWN: [
    'There is no source “{name}”.',
    NOTHING_WRITTEN,
    'Choose one that is there; at a terminal: datis source list',
  ],
  SOURCE_NONE: [
    'This box has no source yet.',
    'There was nothing to save.',
    'Add one; at a terminal: datis source add NAME PATH',
  ],
  COMMUNITY_EXISTS: [
    'The box {box} is in a community already.',
    NOTHING_WRITTEN,
    'See which one: datis community show --data DIR. For another community, make another box: datis box create --data DIR',
  ],
  ROOT_HEAD_UNKNOWN: [
    'This box knows no such head of the box {box}.',
    'No request was made.',
    'See datis root heads; ask on that box itself, or on a box of another member, which hosts for it.',
  ],
  ROOT_REQUEST_UNANSWERED: [
    'No host said what the box {box} has released.',
    'No request was made.',
    'Try again when hosts can be reached, or ask on the box of another member.',
  ],
  RELEASE_LATER: [
    'The host took releases of this box after the request was made.',
    'What was released before is taken back; what came later is not.',
    'Give the box a new key first (datis recover), then make and sign another request: datis root request undo',
  ],
  ROOT_REQUEST_FOREIGN: [
    'This request, or its answer, is of another organisation or box, or of an earlier time.',
    'Nothing was signed or changed.',
    'Give the words of the organisation that the request names; apply an answer to the box that asked for it.',
  ],
  TARGET_INVALID: [
    'Nothing is ever restored into the data folder of the box.',
    'Nothing was restored.',
    'Give another target.',
  ],
  // words
  WORDS_COUNT: [
    'There are {count:number} words; recovery takes 24.',
    NOTHING_WRITTEN,
    'Check that none is missing or written twice.',
  ],
  WORDS_UNKNOWN: [
    'Word {position:number}, “{word}”, is in neither list.',
    NOTHING_WRITTEN,
    'Compare it with the sheet, letter by letter. Like it in the lists: {suggestions}.',
  ],
  WORDS_CHECKSUM: [
    'All 24 words exist, but together they are not a key.',
    NOTHING_WRITTEN,
    'Two were swapped, or one was taken for another: compare with the paper, in order.',
  ],
  WORDS_MIXED: [
    'The word at position {position:number} is of another language than the others.',
    NOTHING_WRITTEN,
    'Type the sheet in one language; look at this word first.',
  ],
  // formats
  FORMAT_INVALID: [
    'A {what} does not have the form it must have.',
    'It is not used.',
    'If it came from another box, update both; if it came from this disk, run datis vault check.',
  ],
  FORMAT_UNKNOWN: ['A newer Datis wrote this {what}.', 'This version does not touch it.', UPDATE],
  FORMAT_REQUEST: ['A request does not have the form it must have.', 'It was refused.', UPDATE],
  FORMAT_TOO_LARGE: ['A peer sent more than the protocol allows.', OTHER_HOSTS, UPDATE],
  FORMAT_FRAME: ['A peer sent a message out of turn.', OTHER_HOSTS, UPDATE],
  FORMAT_CUT: ['The line was cut in the middle of a message.', LATER, 'Run the command again.'],
  FILE_TOO_LARGE: [
    'A file of the data folder is longer than anything that Datis writes there.',
    'It is not read.',
    LOOK_AT_DISK,
  ],
  VALUE_INVALID: [
    'Something that was given does not have the form in which Datis could keep it ({at}).',
    NOTHING_WRITTEN,
    'Check the arguments of the command: one is empty, too long or too many.',
  ],
  // the vault
  VAULT_BUSY: ['A snapshot is already being taken.', NOTHING_WRITTEN, 'Wait until it has ended.'],
  VAULT_DISK_FULL: [
    'The disk of the vault is full: {freeBytes:bytes} free.',
    'The snapshot was given up; earlier ones are whole.',
    'Free some space, then take the snapshot again: it goes on where it stopped.',
  ],
  SNAPSHOT_UNKNOWN: [
    'There is no snapshot “{id}”.',
    NOTHING_WRITTEN,
    'Choose one that is there; at a terminal: datis snapshot list',
  ],
  SOURCE_UNREADABLE: [
    'Nothing of the source “{source}” could be read ({path}: {cause}).',
    'No snapshot was taken; earlier ones are whole.',
    'Check its paths and the rights of the account that runs Datis.',
  ],
  SNAPSHOT_AMBIGUOUS: ['Several snapshots begin with “{id}”: {found}.', NOTHING_WRITTEN, 'Give more characters.'],
  TARGET_UNUSABLE: [
    '{target} is no folder, and none can be made there ({cause}).',
    'Nothing was restored.',
    'Give another target.',
  ],
  PATH_UNKNOWN: [
    'The snapshot has nothing at {path}.',
    NOTHING_WRITTEN,
    'Look into its folders; at a terminal: datis snapshot show',
  ],
  PACK_UNKNOWN: ['The log names no pack {pack}.', 'It is not used.', CHECK_REINDEX],
  PACK_NOT_LOCAL: [
    'The pack {pack} is not on this disk.',
    'It has to come from the hosts.',
    'Run the command while the community can be reached.',
  ],
  PACK_DAMAGED: ['A pack is damaged.', 'It is not used: it is taken from the hosts instead.', HEAL],
  PACK_TABLE_INVALID: [
    'The table of a pack is damaged.',
    'The pack is not used: it is taken from the hosts instead.',
    HEAL,
  ],
  CHUNK_UNKNOWN: ['No pack holds a chunk that a file needs.', 'This file cannot be restored from here.', CHECK_REINDEX],
  METADATA_CHUNK_TOO_LARGE: [
    'A piece of metadata of {bytes:bytes} is over the limit.',
    'The snapshot was given up; earlier ones are whole.',
    OUR_FAULT,
  ],
  KEY_GENERATION_UNKNOWN: [
    'The keyring of this box lacks the keys of generation {generation:number}.',
    'What was sealed with them cannot be read here.',
    'Recover the box with its words: the newest keyring is on every host.',
  ],
  KEYRING_UNREADABLE: [
    'These words do not open the keyring of this box.',
    NOTHING_WRITTEN,
    'Check that they are the words of the right organisation.',
  ],
  SEAL_BROKEN: ['A sealed piece does not open: it was changed, or it is of another box.', 'It is not used.', HEAL],
  LOG_BROKEN: [
    'The log of the vault is broken at frame {frame}.',
    'The vault does not open, so that nothing gets worse.',
    'Recover the box into a new folder with its words: every host has the whole log. Keep this folder.',
  ],
  LOG_UNCERTAIN: [
    'The disk failed while the log was written.',
    'The vault takes nothing more until it is opened again.',
    LOOK_AT_DISK,
  ],
  LOG_BATCH_TOO_LARGE: ['Too much for one frame of the log: {bytes:bytes}.', 'It was not written.', OUR_FAULT],
  WRITING_GIVEN_UP: [
    'The snapshot was given up before its end.',
    'What it had stored is kept and serves the next one.',
    'Take it again.',
  ],
  // codes
  CODE_INVALID: ['This is not a code that Datis knows.', NOTHING_WRITTEN, 'n goes to 48, and k from 1 to n.'],
  FRAGMENTS_TOO_FEW: [
    'There are too few fragments to bring a pack back.',
    'It cannot be restored from the hosts that answer.',
    'Try again when more hosts answer.',
  ],
  FRAGMENT_ROW: ['A fragment has a row that its code does not have.', OTHER_HOSTS, HEAL],
  FRAGMENT_LENGTH: ['A fragment has the wrong length.', OTHER_HOSTS, HEAL],
  CHUNK_SIZES_INVALID: ['The sizes asked of the chunker make no sense.', NOTHING_WRITTEN, OUR_FAULT],
  // threads
  WORKERS_CLOSED: [
    'The work was stopped before its end.',
    'Nothing that was acknowledged is lost.',
    'Run the command again.',
  ],
  WORKER_DIED: [
    'A worker thread ended in the middle of its work, perhaps for want of memory.',
    'Nothing that was acknowledged is lost.',
    'Run the command again; if it lasts, report it.',
  ],
} satisfies Record<string, ErrorSentences>

export type ErrorCode = keyof typeof errorsEn
