import { createConnection, isIP, type Socket } from 'node:net'
import { codeOf, DatisError } from './errors.ts'
import { checkMail } from './mail.ts'
import type { Mail, Mailer, MailServer } from './ports.ts'
import { SECOND_MS } from './units.ts'

/** For one mail, from the dial to the server's last word: greylisting servers let one wait for half a minute. */
const SEND_MS_MAX = 60 * SECOND_MS
const SAID_CHARS_MAX = 200

export function realMailer({ timeoutMs = SEND_MS_MAX }: { timeoutMs?: number } = {}): Mailer {
  return {
    async send(server, mail, signal) {
      checkMail(mail)
      signal.throwIfAborted()
      const late = AbortSignal.timeout(timeoutMs)
      try {
        await sendWithin(server, mail, AbortSignal.any([signal, late]))
      } catch (error) {
        signal.throwIfAborted()
        throw late.aborted ? timedOut(server) : told(server, error)
      }
    },
  }
}

/** The socket is ours, so that giving up ends it at once. */
async function sendWithin(server: MailServer, mail: Mail, signal: AbortSignal): Promise<void> {
  const { host, port, implicitTls, login } = server
  const socket = await dial(server, signal)
  const giveUp = () => socket.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    // Loaded by whoever sends: a box that tells nobody does without.
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host,
      port,
      connection: socket,
      secure: implicitTls,
      // A password must not go over a line that others hear; on this machine there is none.
      requireTLS: login !== null && !isLoopback(host),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    await transport.sendMail({ ...mail, textEncoding: 'quoted-printable' })
  } finally {
    signal.removeEventListener('abort', giveUp)
    socket.destroy()
  }
}

function dial({ host, port }: MailServer, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = createConnection({ host, port, noDelay: true })
    const giveUp = () => socket.destroy(new Error('given up'))
    signal.addEventListener('abort', giveUp, { once: true })
    // Stays: what a socket says after it was given away must not end the program.
    socket.on('error', (error) => reject(error instanceof AggregateError ? (error.errors[0] ?? error) : error))
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp)
      resolve(socket)
    })
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function timedOut({ host, port }: MailServer): DatisError {
  return new DatisError('MAIL_TIMEOUT', 'The mail server did not answer in time.', { host, port })
}

const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'EADDRNOTAVAIL']
const UNKNOWN = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NONAME', 'EAI_NODATA', 'EDNS']
const REJECTED = ['EENVELOPE', 'EMESSAGE']

/** What the library and the system say, in our codes. The text of a server is kept where it judges the mail alone. */
function told(server: MailServer, error: unknown): DatisError {
  const code = codeOf(error)
  const { host, port } = server
  const details = { host, port }
  const cause = { cause: error }
  if (UNKNOWN.includes(code)) {
    return new DatisError('MAIL_SERVER_UNKNOWN', 'The name of the mail server is unknown.', details, cause)
  }
  if (code === 'ETIMEDOUT') return timedOut(server)
  if (code === 'EAUTH') {
    return new DatisError('MAIL_LOGIN', 'The mail server refused user or password.', details, cause)
  }
  if (isTlsTrouble(code, error)) {
    return new DatisError('MAIL_TLS', 'No safe connection to the mail server came about.', details, cause)
  }
  if (REJECTED.includes(code)) {
    const said = responseOf(error).slice(0, SAID_CHARS_MAX)
    return new DatisError('MAIL_REJECTED', 'The mail server refused the mail.', { ...details, said }, cause)
  }
  if (UNREACHABLE.includes(code)) {
    return new DatisError('MAIL_UNREACHABLE', 'The mail server cannot be reached.', details, cause)
  }
  return new DatisError('MAIL_FAILED', 'The mail server did not take a mail.', details, cause)
}

/** Names of OpenSSL's verdicts on certificates have no common beginning; the library calls them all ESOCKET or ETLS. */
function isTlsTrouble(code: string, error: unknown): boolean {
  if (code === 'ETLS' || code === 'EREQUIRETLS' || /^ERR_(?:SSL|TLS)_|CERT|^UNABLE_TO_/.test(code)) return true
  const text = error instanceof Error ? error.message : ''
  return code === 'ESOCKET' && /certificate|SSL|TLS/i.test(text)
}

function responseOf(error: unknown): string {
  return error instanceof Error && 'response' in error && typeof error.response === 'string' ? error.response : ''
}
