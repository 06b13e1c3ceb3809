import { DatisError } from '../errors.ts'
import { checkMail } from '../mail.ts'
import type { Clock, Mail, Mailer, MailServer } from '../ports.ts'
import { SECOND_MS } from '../units.ts'

const SILENCE_MS = 60 * SECOND_MS

/** What a mail server of a simulation is like; a test changes it as it goes. */
export interface FakeMailServer {
  /** `silent`: takes the connection and says nothing. */
  state: 'up' | 'down' | 'silent' | 'bad-certificate'
  /** Whom it lets send; null: everybody. */
  login: { readonly user: string; readonly password: string } | null
  /** Addresses that it takes nothing for. */
  readonly rejects: Set<string>
  readonly taken: Mail[]
}

/** The mail servers of a simulated world, by `host:port`. */
export class MemoryMail {
  readonly #clock: Clock
  readonly #servers = new Map<string, FakeMailServer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  serve(host: string, port: number): FakeMailServer {
    const server: FakeMailServer = { state: 'up', login: null, rejects: new Set(), taken: [] }
    this.#servers.set(`${host}:${port}`, server)
    return server
  }

  readonly mailer: Mailer = {
    send: async (server, mail, signal) => {
      checkMail(mail)
      signal.throwIfAborted()
      await this.#hand(server, mail, signal)
    },
  }

  async #hand({ host, port, login }: MailServer, mail: Mail, signal: AbortSignal): Promise<void> {
    const server = this.#servers.get(`${host}:${port}`)
    const refuse = (code: string, more = {}): never => {
      throw new DatisError(code, 'A mail did not go.', { host, port, ...more })
    }
    if (server === undefined) {
      const known = [...this.#servers.keys()].some((name) => name.startsWith(`${host}:`))
      return refuse(known ? 'MAIL_UNREACHABLE' : 'MAIL_SERVER_UNKNOWN')
    }
    if (server.state === 'down') refuse('MAIL_UNREACHABLE')
    if (server.state === 'bad-certificate') refuse('MAIL_TLS')
    if (server.state === 'silent') {
      await this.#clock.sleep(SILENCE_MS, signal)
      refuse('MAIL_TIMEOUT')
    }
    if (server.login !== null && (login?.user !== server.login.user || login.password !== server.login.password)) {
      refuse(login === null ? 'MAIL_REJECTED' : 'MAIL_LOGIN', { said: '530' })
    }
    if (server.rejects.has(mail.to)) refuse('MAIL_REJECTED', { said: '550' })
    server.taken.push(mail)
  }
}
