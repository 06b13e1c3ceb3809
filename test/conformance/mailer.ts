import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mail, Mailer, MailServer } from '#base'

export interface MailerUnderTest extends AsyncDisposable {
  readonly mailer: Mailer
  /** Of a server that is up and takes mail. */
  readonly server: MailServer
  /** Lets time pass until the promise settles. */
  run<Result>(until: Promise<Result>): Promise<Result>
  /** Recipient and subject of what the server took, in order, and its text without how it travelled. */
  taken(): readonly Mail[]
  set(wish: {
    state?: 'up' | 'silent'
    login?: { readonly user: string; readonly password: string }
    rejects?: string
  }): void
}

const MAIL: Mail = { from: 'box@example.org', to: 'someone@example.org', subject: 'Über', text: 'Bonjour.\nÇa va ?\n' }
const LOGIN = { user: 'box', password: 'open sesame' }
const signal = new AbortController().signal

export function mailerConformance(name: string, open: () => Promise<MailerUnderTest>): void {
  test(`${name}: a mail arrives as it was written`, async () => {
    await using at = await open()
    await at.run(at.mailer.send(at.server, MAIL, signal))
    assert.deepEqual(at.taken(), [MAIL])
  })

  test(`${name}: nothing in a mail adds a header, a recipient or a line to it`, async () => {
    await using at = await open()
    const evil: Partial<Mail>[] = [
      { to: 'someone@example.org\r\nBcc: other@example.org' },
      { to: 'someone@example.org, other@example.org' },
      { to: '"a\r\nb"@example.org' },
      { to: 'Someone <someone@example.org>' },
      { from: 'box@example.org>\r\nRCPT TO:<other@example.org' },
      { subject: 'one\r\nBcc: other@example.org' },
      { subject: 'one\nBcc: other@example.org' },
      { subject: 'one\u2028Bcc: other@example.org' },
      { subject: 'x'.repeat(1000) },
      { text: 'one\r\n.\r\nMAIL FROM:<other@example.org>' },
    ]
    for (const part of evil) {
      const sent = at.run(at.mailer.send(at.server, { ...MAIL, ...part }, signal))
      await assert.rejects(sent, { code: 'MAIL_INVALID' }, JSON.stringify(part))
    }
    await at.run(at.mailer.send(at.server, { ...MAIL, text: 'one\n.\nQUIT\n' }, signal))
    assert.deepEqual(
      at.taken().map(({ to, text }) => ({ to, text })),
      [{ to: MAIL.to, text: 'one\n.\nQUIT\n' }],
    )
  })

  test(`${name}: a server that asks for a login takes mail with the right one only`, async () => {
    await using at = await open()
    at.set({ login: LOGIN })
    const send = (login: MailServer['login']) => at.run(at.mailer.send({ ...at.server, login }, MAIL, signal))
    await assert.rejects(send(null), { code: 'MAIL_REJECTED' })
    await assert.rejects(send({ ...LOGIN, password: 'wrong' }), (error) => {
      assert.equal((error as { code?: string }).code, 'MAIL_LOGIN')
      assert.ok(!JSON.stringify({ ...(error as object), message: String(error) }).includes('wrong'))
      return true
    })
    await send(LOGIN)
    assert.equal(at.taken().length, 1)
  })

  test(`${name}: an address that the server refuses is told apart from a server that is not there`, async () => {
    await using at = await open()
    at.set({ rejects: MAIL.to })
    await assert.rejects(at.run(at.mailer.send(at.server, MAIL, signal)), { code: 'MAIL_REJECTED' })
    await at.run(at.mailer.send(at.server, { ...MAIL, to: 'other@example.org' }, signal))
    const nobody = { ...at.server, port: 1 }
    await assert.rejects(at.run(at.mailer.send(nobody, MAIL, signal)), { code: 'MAIL_UNREACHABLE' })
    const nowhere = { ...at.server, host: 'no-such-server.invalid' }
    await assert.rejects(at.run(at.mailer.send(nowhere, MAIL, signal)), { code: 'MAIL_SERVER_UNKNOWN' })
  })

  test(`${name}: a silent server is given up`, async () => {
    await using at = await open()
    at.set({ state: 'silent' })
    await assert.rejects(at.run(at.mailer.send(at.server, MAIL, signal)), { code: 'MAIL_TIMEOUT' })
  })

  test(`${name}: an abort ends a sending with the signal's reason`, async () => {
    await using at = await open()
    at.set({ state: 'silent' })
    const controller = new AbortController()
    const reason = new Error('enough')
    const sent = at.mailer.send(at.server, MAIL, controller.signal)
    controller.abort(reason)
    await assert.rejects(at.run(sent), (error) => error === reason)
    await assert.rejects(at.run(at.mailer.send(at.server, MAIL, controller.signal)), (error) => error === reason)
  })
}
