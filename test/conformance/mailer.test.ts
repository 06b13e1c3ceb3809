import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServer } from 'node:tls'
import { type Mail, realMailer } from '#base'
import { MemoryMail, simClock } from '#base/sim'
import { type SmtpSink, smtpSink } from '../../src/base/smtp-sink-fixture.ts'
import { type MailerUnderTest, mailerConformance } from './mailer.ts'
import { testBox } from './transport-people.ts'

const MAIL: Mail = { from: 'box@example.org', to: 'someone@example.org', subject: 'x', text: 'x' }
const signal = new AbortController().signal

/** A mail as it travelled, read back: the few forms that ours have. */
function readBack({ to, raw }: SmtpSink['taken'][number]): Mail {
  const [head = '', ...rest] = raw.replace(/^\.\./gm, '.').split('\n\n')
  const header = (name: string) => new RegExp(`^${name}: (.*(?:\n[ \t].*)*)`, 'mi').exec(head)?.[1] ?? ''
  const word = /^=\?UTF-8\?Q\?(.*)\?=$/i.exec(header('Subject'))?.[1]
  const subject = word === undefined ? header('Subject') : unquoted(word.replaceAll('_', ' '))
  return { from: header('From'), to, subject, text: `${unquoted(rest.join('\n\n').replaceAll('=\n', '')).trimEnd()}\n` }
}

function unquoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

mailerConformance('real mailer', async (): Promise<MailerUnderTest> => {
  const sink = await smtpSink()
  const [patient, impatient] = [realMailer(), realMailer({ timeoutMs: 500 })]
  return {
    get mailer() {
      return sink.state === 'silent' ? impatient : patient
    },
    server: { host: '127.0.0.1', port: sink.port, implicitTls: false, login: null },
    run: (until) => until,
    taken: () => sink.taken.map(readBack),
    set: ({ state, login, rejects }) => {
      if (state !== undefined) sink.state = state
      if (login !== undefined) sink.login = login
      if (rejects !== undefined) sink.rejects.add(rejects)
    },
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  }
})

mailerConformance('memory mail', async (): Promise<MailerUnderTest> => {
  const clock = simClock({ startWallMs: 1_750_000_000_000 })
  const mail = new MemoryMail(clock)
  const server = mail.serve('mail.example.org', 587)
  return {
    mailer: mail.mailer,
    server: { host: 'mail.example.org', port: 587, implicitTls: false, login: null },
    run: (until) => clock.run(until),
    taken: () => server.taken,
    set: ({ state, login, rejects }) => {
      if (state !== undefined) server.state = state
      if (login !== undefined) server.login = login
      if (rejects !== undefined) server.rejects.add(rejects)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
})

test('a server without TLS where TLS is asked for is said to be that', async () => {
  await using sink = await smtpSink()
  const server = { host: '127.0.0.1', port: sink.port, implicitTls: true, login: null }
  await assert.rejects(realMailer().send(server, MAIL, signal), { code: 'MAIL_TLS' })
})

test('a password does not leave the machine without TLS', async () => {
  await using sink = await smtpSink()
  sink.login = { user: 'box', password: 'open sesame' }
  // Another name of this machine, which does not say so.
  const server = { host: '0.0.0.0', port: sink.port, implicitTls: false, login: sink.login }
  await assert.rejects(realMailer().send(server, MAIL, signal), { code: 'MAIL_TLS' })
  assert.equal(sink.logins, 0)
})

test('a certificate that nobody vouches for is no safe connection', async () => {
  const { certificate, privatePem } = testBox('mail server').identity
  const cert = `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64')}\n-----END CERTIFICATE-----\n`
  const server = createServer({ key: privatePem, cert }, (socket) => socket.on('error', () => socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const to = { host: '127.0.0.1', port, implicitTls: true, login: null }
  await assert.rejects(realMailer().send(to, MAIL, signal), { code: 'MAIL_TLS' })
  await new Promise((resolve) => server.close(resolve))
})
