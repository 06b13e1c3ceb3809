import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, HOUR_MS } from '#base'
import { BoxTown } from '../test-town.ts'

const SERVER = {
  host: 'mail.example.org',
  port: 587,
  implicitTls: false,
  user: null,
  password: null,
  from: 'box@example.org',
}

async function place(seed: string, contacts: readonly string[]) {
  const town = new BoxTown(seed)
  const { box } = await town.create('box-0')
  const server = town.mail.serve(SERVER.host, SERVER.port)
  await town.call(box, 'mail.set', { server: SERVER })
  await town.call(box, 'contacts.set', { contacts })
  await town.clock.runFor(HOUR_MS)
  const due = town.clock.machine().wall()
  const notice = { intent: 'ab', operation: 'policy.set', about: 'papers', by: 'Anne', due } as const
  const told = async () => {
    const { sent } = await town.call(box, 'notice.send', notice)
    return [sent, ...server.taken.splice(0).map(({ to }) => to)]
  }
  return { town, box, server, told }
}

test('who changes the contacts first silences nobody who was one', async () => {
  const { town, box, told } = await place('silence', ['mayor@example.org'])
  await town.call(box, 'contacts.set', { contacts: ['thief@example.org'] })
  assert.deepEqual(await told(), [2, 'thief@example.org', 'mayor@example.org'])
})

test('an address that is refused keeps no mail from the others', async () => {
  const { server, told } = await place('refused', ['mayor@example.org', 'left@example.org', 'clerk@example.org'])
  server.rejects.add('left@example.org')
  assert.deepEqual(await told(), [2, 'mayor@example.org', 'clerk@example.org'])
  server.state = 'down'
  assert.equal(await told().catch(codeOf), 'MAIL_UNREACHABLE')
})
