/** Bugs of the console, and of what it runs. */
import { by, type PlantedBug } from './planted-bug.ts'

const API = 'src/api/api.test.ts'
const TASKS = 'src/api/tasks.test.ts'
const CONTACTS = 'src/dispersal/own-contacts.test.ts'
const MAILS = 'src/box/operations/contacts.test.ts'

export const CONSOLE_BUGS: readonly PlantedBug[] = [
  {
    name: 'two deeds of one moment take one place in the chain',
    file: 'src/api/returned.ts',
    from: 'for (const deed of deeds) await note(inner, { at, actor, ...deed })\n  })',
    to: 'void inner\n  })\n  for (const deed of deeds) await note(settings as never, { at, actor, ...deed })',
    caughtBy: by('src/api/files.test.ts', 'many files taken at once are one chain of deeds'),
  },
  {
    name: 'a download of who has gone away is waited for for ever',
    file: 'src/api/routes-files.ts',
    from: '  if (signal.aborted) {',
    to: '  if (signal.aborted && bytes === -1) {',
    caughtBy: by('src/api/files.test.ts', 'who goes away before the first byte leaves no snapshot open'),
  },
  {
    name: 'a full disk at the end of a task stops the box',
    file: 'src/service/tasks.ts',
    from: 'await this.#saveEnd(running.task).catch((error: unknown) => this.#unsaved(error))',
    to: 'await this.#saveEnd(running.task)',
    caughtBy: by('src/service/tasks.test.ts', 'a disk that takes no note of the end of a task'),
  },
  {
    name: 'the details of a deed are cut in the middle of their JSON',
    file: 'src/accounts/audit.ts',
    from: 'JSON.stringify(deed.details, (_key, value) => shortened(value))',
    to: 'JSON.stringify(deed.details).slice(0, 4000)',
    caughtBy: by('src/accounts/accounts.test.ts', 'a deed with a path of thousands of characters is read again'),
  },
  {
    name: 'a user sees the snapshots of everybody by guessing their ids',
    file: 'src/storage/snapshot.ts',
    from: 'within === undefined || within.includes(source)',
    to: 'within === undefined || source.length > 0',
    caughtBy: by('src/api/sight.test.ts', 'what is not hers is answered as what is not there'),
  },
  {
    name: 'a user asks the box as everybody does',
    file: 'src/api/sight.ts',
    from: "if (role !== 'user') return allOf(deps)",
    to: "if (role !== 'user' || user !== '') return allOf(deps)",
    caughtBy: by('src/api/sight.test.ts', 'a user sees her sources'),
  },
  {
    name: 'what is there is replaced without the password',
    file: 'src/api/operations.ts',
    from: "again: ({ mode }) => mode === 'over'",
    to: "again: ({ mode }) => mode !== 'over'",
    caughtBy: by('src/api/sight.test.ts', 'put back beside keeps both'),
  },
  {
    name: 'files are put back to where their source is no more',
    file: 'src/box/operations/return.ts',
    from: 'if (isOwn && isFolder(disk, saved))',
    to: 'if (isFolder(disk, saved))',
    caughtBy: by('src/box/operations/return.test.ts', 'where a source is no more'),
  },
  {
    name: 'whoever may look reads the codes of invitations',
    file: 'src/api/routes-tasks.ts',
    from: '...(!isWhole && { args: null, result: null })',
    to: '...(isWhole && {})',
    caughtBy: by(TASKS, 'the code of an invitation is for who may invite'),
  },
  {
    name: 'a token reads what no token may ask for',
    file: 'src/api/routes-tasks.ts',
    from: ' && !(isToken(session) && asksAgain(right))',
    to: '',
    caughtBy: by(TASKS, 'the code of an invitation is for who may invite'),
  },
  {
    name: 'a stream outlives its token',
    file: 'src/api/routes-tasks.ts',
    from: ' && one.expires > clock.wall()',
    to: '',
    caughtBy: by(TASKS, 'a stream ends with the token'),
  },
  {
    name: 'what a reader of a stream leaves unread is kept',
    file: 'src/api/routes-tasks.ts',
    from: 'if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy()',
    to: 'if (raw.writableLength < 0) raw.destroy()',
    caughtBy: by(TASKS, 'who does not read what is sent'),
  },
  {
    name: 'the name of a policy means what it means later',
    file: 'src/api/routes-operations.ts',
    from: 'await intents.settled(name, request.body as never)',
    to: 'request.body as never',
    caughtBy: by(API, 'what waits for a second person names'),
  },
  {
    name: 'a stolen session says whom a mail warns',
    file: 'src/api/operations.ts',
    from: "'contacts.set': { right: 'people.change'",
    to: "'contacts.set': { right: 'settings.change'",
    caughtBy: by(API, 'whom a mail warns'),
  },
  {
    name: 'who is a contact no more is told nothing',
    file: 'src/dispersal/own-contacts.ts',
    from: 'contact, until: at + FORMER_CONTACTS_MS',
    to: 'contact, until: at',
    caughtBy: by(CONTACTS, 'who was a contact is told for 90 days'),
  },
  {
    name: 'many new contacts push out those who were there before',
    file: 'src/dispersal/own-contacts.ts',
    from: '[...(this.#state?.former ?? []), ...gone]',
    to: '[...gone, ...(this.#state?.former ?? [])]',
    caughtBy: by(CONTACTS, 'who was a contact is told for 90 days'),
  },
  {
    name: 'a mail warns the new contacts alone',
    file: 'src/box/operations/contacts.ts',
    from: 'box.contacts.told',
    to: 'box.contacts.current?.contacts ?? []',
    caughtBy: by(MAILS, 'who changes the contacts first'),
  },
  {
    name: 'an address that is refused keeps mails from the others',
    file: 'src/box/operations/contacts.ts',
    from: 'failure ??= error',
    to: 'throw error',
    caughtBy: by(MAILS, 'an address that is refused'),
  },
  {
    name: 'a sharp fall is over with the next snapshot',
    file: 'src/service/alarms.ts',
    from: 'Date.parse(startedAt) > now - FELL_MS',
    to: 'Date.parse(startedAt) > now - LOOK_MS',
    caughtBy: by('src/service/alarms.test.ts', 'a sharp fall is told although'),
  },
  {
    name: 'what stands in the way of snapshots stops all jobs',
    file: 'src/service/scheduler.ts',
    from: 'await this.#takeSnapshots(signal, hasHosts).catch((error: unknown) => {',
    to: 'await this.#takeSnapshots(signal, hasHosts).catch((error: unknown) => {\n      if (error !== null) throw error',
    caughtBy: by('src/service/scheduler.test.ts', 'what stands in the way'),
  },
  {
    name: 'what people have the box do leaves no trace',
    file: 'src/service/tasks.ts',
    from: 'if (actor !== BY_ITSELF) await note',
    to: "if (actor === '') await note",
    caughtBy: by('src/service/tasks.test.ts', 'what people have the box do'),
  },
]
