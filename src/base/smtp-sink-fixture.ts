/** A mail server of a few lines on loopback, for tests of the real mailer over real sockets. */
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export interface SmtpSink extends AsyncDisposable {
  readonly port: number
  /** `RCPT TO` of each mail, and the mail as it came. */
  readonly taken: { readonly to: string; readonly raw: string }[]
  state: 'up' | 'silent'
  login: { readonly user: string; readonly password: string } | null
  readonly rejects: Set<string>
  /** How often somebody tried to log in. */
  logins: number
}

export async function smtpSink(): Promise<SmtpSink> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    if (sink.state === 'up') talk(socket, sink).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const sink: SmtpSink = {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    taken: [],
    state: 'up',
    login: null,
    rejects: new Set(),
    logins: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return sink
}

async function talk(socket: Socket, sink: SmtpSink): Promise<void> {
  const say = (line: string) => void socket.write(`${line}\r\n`)
  let to = ''
  let raw: string[] | null = null
  let known = sink.login === null
  say('220 sink')
  for await (const line of createInterface({ input: socket })) {
    const word = line.slice(0, 4).toUpperCase()
    if (raw !== null && line !== '.') raw.push(line)
    else if (raw !== null) {
      sink.taken.push({ to, raw: raw.join('\n') })
      raw = null
      say('250 taken')
    } else if (word === 'EHLO') say(sink.login === null ? '250 sink' : '250-sink\r\n250 AUTH PLAIN')
    else if (word === 'AUTH') {
      sink.logins++
      const { user, password } = sink.login ?? { user: '', password: '' }
      known = line.split(' ')[2] === Buffer.from(`\0${user}\0${password}`).toString('base64')
      say(known ? '235 welcome' : '535 no')
    } else if (word === 'MAIL') say(known ? '250 ok' : '530 log in first')
    else if (word === 'RCPT') {
      to = /<([^>]*)>/.exec(line)?.[1] ?? ''
      say(sink.rejects.has(to) ? '550 nobody of that name' : '250 ok')
    } else if (word === 'DATA') {
      raw = []
      say('354 go on')
    } else if (word === 'STAR') say('502 no TLS here')
    else say(word === 'QUIT' ? '221 bye' : '250 ok')
  }
}
