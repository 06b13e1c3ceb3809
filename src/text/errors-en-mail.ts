import { type ErrorSentences, NOTHING_WRITTEN, OUR_FAULT } from './errors-en-shared.ts'

const NOT_SENT = 'The mail was not sent.'

/** Errors about whom hosts warn, and how. */
export const mailErrorsEn = {
  CONTACTS_REFUSED: [
    'The host knows later contacts of this box.',
    'It keeps on telling those.',
    'If you did not change them elsewhere, somebody else has the key of this box: ask another member for datis release undo, then recover the box with its words. Else set them again.',
  ],
  CONTACTS_CONFLICT: [
    'Two different lists of contacts have the same number {number:number}.',
    'The first is kept.',
    'Set the contacts again; if this box does not run twice, its key is in wrong hands.',
  ],
  CONTACTS_RATE_REFUSED: [
    'The contacts of this box have changed too often: {former:number} earlier addresses are still told.',
    'The host keeps on telling those it knows.',
    'This box asks again by itself; there is room in {wait:duration} of the host’s time.',
  ],
  MAIL_NOT_SET: [
    'This box has no mail server.',
    NOT_SENT,
    'Give it one: datis box mail --smtp smtps://user@host --from ADDRESS --password-file FILE --data DIR',
  ],
  MAIL_INVALID: ['A mail has something in it that no mail may have.', NOT_SENT, OUR_FAULT],
  MAIL_SERVER_UNKNOWN: [
    'The name of the mail server, {host}, is unknown.',
    NOT_SENT,
    'Check its spelling, and the name servers of this machine.',
  ],
  MAIL_UNREACHABLE: [
    'Nothing that takes mail answers at {host}, port {port}.',
    NOT_SENT,
    'Check name and port, that the server runs, and that no firewall stands between.',
  ],
  MAIL_TLS: [
    'No safe connection to {host}, port {port}, came about.',
    NOT_SENT,
    'Check smtp:// or smtps:// and the port, and that the certificate of the server is valid for that name.',
  ],
  MAIL_LOGIN: [
    'The mail server {host} refused user or password.',
    NOT_SENT,
    'Set both again: datis box mail --smtp … --password-file FILE. Some servers want a password made for applications.',
  ],
  MAIL_TIMEOUT: [
    'The mail server {host}, port {port}, did not answer in time.',
    NOT_SENT,
    'Check smtp:// or smtps:// and the port: a server that waits for TLS is silent.',
  ],
  MAIL_REJECTED: [
    'The mail server {host} refused the mail: {said}',
    NOT_SENT,
    'Check the address of the sender (--from), that of the recipient, and whether the server asks for a login.',
  ],
  MAIL_FAILED: [
    'The mail server {host}, port {port}, did not take the mail.',
    NOT_SENT,
    'Look into its log; check that it is a mail server.',
  ],
  MAIL_SETTINGS_DAMAGED: [
    'The settings of the mail server cannot be read.',
    `${NOTHING_WRITTEN} Nobody is told of anything by mail.`,
    'Set them again: datis box mail --smtp …',
  ],
} satisfies Record<string, ErrorSentences>
