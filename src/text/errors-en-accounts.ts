import { type ErrorSentences, NOTHING_WRITTEN, UPDATE } from './errors-en-shared.ts'

/** Errors about accounts and signing in. */
export const accountErrorsEn = {
  ADMINISTRATOR_LAST: [
    'This is the last administrator.',
    NOTHING_WRITTEN,
    'Make somebody else an administrator first: else nobody could let the others in.',
  ],
  CODE_REFUSED: [
    'The code of the app is not right.',
    'The second factor is as it was.',
    'Check the clock of the telephone, then type the code that it shows now.',
  ],
  INTENT_DECIDED: ['It was approved or stopped already.', NOTHING_WRITTEN, 'Look at the list of what was asked for.'],
  INTENT_NEW_PERSON: [
    'This account was made, or changed by somebody else, after it was asked for.',
    'It waits still.',
    'Another administrator can approve of it; else it happens when its time is over.',
  ],
  INTENT_PERSON_NEEDED: [
    'What cannot be undone is asked for by a person, not with a token.',
    NOTHING_WRITTEN,
    'Sign in as an administrator.',
  ],
  INTENT_SAME_PERSON: [
    'Who asked for it cannot approve of it.',
    'It waits still.',
    'Ask another administrator, or wait until its time is over.',
  ],
  INTENT_TOO_MANY: ['There are {most:number} that wait already.', NOTHING_WRITTEN, 'Approve of some, or stop them.'],
  INTENT_UNKNOWN: ['Nothing of that name waits.', NOTHING_WRITTEN, 'Look at the list of what was asked for.'],
  LOGIN_BUSY: ['Too many people try to sign in at once.', 'You are not signed in.', 'Try again in a few seconds.'],
  LOGIN_CODE_NEEDED: [
    'The password is right.',
    'You are not signed in yet.',
    'Type the code of your app, or one of your codes on paper.',
  ],
  LOGIN_REFUSED: [
    'Name, password or code are not right.',
    'You are not signed in.',
    'Try again; an administrator can give you a new password.',
  ],
  LOGIN_WAIT: [
    'There were too many tries.',
    'You are not signed in.',
    'Try again in {ms:duration}; from a device on which you signed in before there is no wait for the tries of others.',
  ],
  PASSKEY_INVALID: [
    'What this device made cannot be taken as a passkey, or came after more than five minutes.',
    NOTHING_WRITTEN,
    'Try again; a device that asks for finger, face or PIN is needed.',
  ],
  PASSKEY_REFUSED: [
    'This passkey is not accepted: it is not known here, was not opened by finger, face or PIN, or it took more than five minutes.',
    'Nobody was let in with it.',
    'Try again, or take your password.',
  ],
  PASSKEY_UNAVAILABLE: [
    'Passkeys do not work at {host}: browsers take them for a name only, and over a secure connection.',
    NOTHING_WRITTEN,
    'Open this page by the name of the box over https, or on the box itself as http://localhost; the password works everywhere.',
  ],
  PASSKEY_UNKNOWN: [
    'There is no such passkey for this address.',
    NOTHING_WRITTEN,
    'See the list of your passkeys, or take your password.',
  ],
  PASSKEYS_TOO_MANY: [
    'This account has {most:number} passkeys already.',
    NOTHING_WRITTEN,
    'Remove one that is not used any more.',
  ],
  PASSPHRASE_NEEDED: [
    'A passphrase seals the keys of the box in {folder}, and none was given.',
    'The box was not opened.',
    'Run the command at a terminal, which asks for it, or name a file that holds it: DATIS_PASSPHRASE_FILE. Without it only the 24 recovery words help: datis recover',
  ],
  PASSPHRASE_WEAK: [
    'This passphrase is easily guessed, or has more than {most:number} characters.',
    NOTHING_WRITTEN,
    'Take at least {least:number} characters, such as five words that have nothing to do with one another.',
  ],
  PASSPHRASE_WRONG: [
    'This passphrase does not open the keys of the box.',
    'The box was not opened.',
    'Try again. If it is the right one, the file keys/sealed.cbor is damaged, or the passphrase is lost: then the 24 recovery words bring the box back: datis recover',
  ],
  PASSWORD_WEAK: [
    'This password is easily guessed.',
    NOTHING_WRITTEN,
    'Take at least {least:number} characters, such as four words that have nothing to do with one another.',
  ],
  SETTINGS_DAMAGED: [
    'The settings of the box ({path}) cannot be read.',
    'Nobody can sign in; what is saved is not touched by it.',
    'Put the file aside and start the box again: it begins with a new setup code.',
  ],
  SETTINGS_LOST: [
    'The settings of the box could not be brought back from its hosts ({cause}).',
    'The box was not started; what is saved is not touched by it.',
    'Start it again when more hosts answer.',
  ],
  SETTINGS_NEWER: ['The settings are of a later version of Datis ({version}).', 'They were not touched.', UPDATE],
  SETUP_REFUSED: [
    'This setup code is not good, or no more.',
    'No account was made.',
    'Have the box show a new one: datis box setup-code',
  ],
  TASKS_TOO_MANY: [
    '{most:number} tasks run, or wait for their turn, already.',
    NOTHING_WRITTEN,
    'Wait until some have ended, or cancel some.',
  ],
  TASK_UNKNOWN: [
    'There is no such task.',
    NOTHING_WRITTEN,
    'See the list of tasks; of those that ended, the last 1,000 are kept.',
  ],
  TOKEN_UNKNOWN: ['There is no such token.', NOTHING_WRITTEN, 'See the list of tokens.'],
  USER_EXISTS: ['There is an account “{name}” already.', NOTHING_WRITTEN, 'Choose another name.'],
  USER_UNKNOWN: ['There is no such account.', NOTHING_WRITTEN, 'See the list of accounts.'],
  USERS_TOO_MANY: ['There are {most:number} accounts already.', NOTHING_WRITTEN, 'Remove some that nobody uses.'],
} as const satisfies Record<string, ErrorSentences>
