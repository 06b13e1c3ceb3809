import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY_MS, DatisError, MiB } from '#base'
import type { Role } from '#settings'
import { consoleFor } from './test-api.ts'

const CODE = 'DATIS-INVITATION-OF-THE-BOX'

async function entered(seed: string) {
  const place = await consoleFor(seed)
  const enter = async (role: Role, from: string) => {
    await place.person(role)
    return await place.signedIn(`a ${role}`, from)
  }
  const [admin, reader] = [await enter('administrator', '192.168.1.30'), await enter('reader', '192.168.1.31')]
  const body = { name: 'monitor', role: 'administrator', days: 1 }
  const { json } = await place.ask({ method: 'POST', url: '/api/tokens', cookie: admin, body })
  return { ...place, admin, reader, token: { authorization: `Bearer ${json.token}` } }
}

/** All that is heard on the stream until the server ends it. */
async function listened(url: string, headers: Record<string, string>) {
  const { body } = await fetch(`${url}/api/events`, { headers })
  const heard = { text: '', isOver: false }
  const reading = async () => {
    for await (const part of body ?? []) heard.text += Buffer.from(part).toString()
    heard.isOver = true
  }
  void reading().catch(() => undefined)
  return heard
}

test('the code of an invitation is for who may invite: in the list, alone and in the stream', async (t) => {
  const { api, ask, answers, tasks, admin, reader, token } = await entered('invitation')
  t.after(() => api.close())
  answers.set('community.invite', { invitation: CODE })
  const url = await api.listen({ host: '127.0.0.1', port: 0 })
  const streams = [{ cookie: admin }, { cookie: reader }, token].map(async (headers) => await listened(url, headers))
  const [own, ...others] = await Promise.all(streams)
  const begin = async (name: string, body: unknown) => {
    const { json } = await ask({ method: 'POST', url: `/api/operations/${name}`, cookie: admin, body })
    await tasks.ended(json.task)
    return `/api/tasks/${json.task}`
  }
  const invited = await begin('community.invite', { contacts: ['box-0:4600'] })
  const joined = await begin('community.join', { code: CODE })
  await sleep(200)
  for (const path of [invited, joined, '/api/tasks']) {
    assert.ok((await ask({ url: path, cookie: admin })).text.includes(CODE), path)
    for (const who of [{ cookie: reader }, { headers: token }]) {
      const { status, text } = await ask({ url: path, ...who })
      assert.deepEqual([status, text.includes(CODE)], [200, false], path)
    }
  }
  assert.ok(own?.text.includes(CODE))
  for (const { text } of others) assert.deepEqual([text.includes('community.join'), text.includes(CODE)], [true, false])
})

test('a stream ends with the token, and with the session, whose it is', async (t) => {
  const { api, clock, reader, token } = await entered('over')
  t.after(() => api.close())
  const url = await api.listen({ host: '127.0.0.1', port: 0 })
  const streams = await Promise.all([listened(url, { cookie: reader }), listened(url, token)])
  await clock.runFor(DAY_MS - 60_000)
  await sleep(100)
  assert.deepEqual(
    streams.map(({ isOver }) => isOver),
    [true, false],
    'a session that nothing else was asked of is idle',
  )
  await clock.runFor(120_000)
  await sleep(100)
  assert.equal(streams[1]?.isOver, true)
})

test('who does not read what is sent takes little memory for it', async (t) => {
  const { api, tasks, admin } = await entered('slow reader')
  t.after(() => api.close())
  let stream: ServerResponse | null = null
  api.server.prependListener('request', (_request, response) => {
    stream = response
  })
  const { port, host } = new URL(await api.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
  t.after(() => socket.destroy())
  socket.pause()
  socket.write(`GET /api/events HTTP/1.1\r\nHost: ${host}\r\nCookie: ${admin}\r\n\r\n`)
  await sleep(200)
  const waiting = () => stream as ServerResponse | null
  const excludes = Array.from({ length: 400 }, () => 'x'.repeat(2000))
  let most = 0
  for (let count = 0; count < 40; count++) {
    await tasks.ended((await tasks.start('source.set', { name: 'papers', excludes }, 'anne')).id)
    await sleep(1)
    most = Math.max(most, waiting()?.writableLength ?? 0)
  }
  assert.ok(most > 0 && most < 8 * MiB, `${most}`)
  assert.equal(waiting()?.destroyed, true)
})

test('tasks come in pages, all of them or those that failed, and a page begins after a task that one sees', async (t) => {
  const { api, ask, answers, tasks, admin, person, signedIn } = await entered('pages')
  t.after(() => api.close())
  answers.set('snapshot.take', new DatisError('SOURCE_NONE', 'This box has no source yet.'))
  const begun: string[] = []
  for (const name of ['source.set', 'snapshot.take', 'source.set', 'snapshot.take', 'source.set'] as const) {
    const { id } = await tasks.start(name, { name: 'papers' } as never, 'anne')
    await tasks.ended(id)
    begun.unshift(id)
  }
  const failed = begun.filter((_, place) => place % 2 === 1)
  const followed = async (of: string, count: number) => {
    const found: string[] = []
    let before = ''
    for (;;) {
      const { json } = await ask({ url: `/api/tasks?of=${of}&count=${count}${before}`, cookie: admin })
      found.push(...json.items.map(({ id }: { id: string }) => id))
      if (json.more === null) return found
      before = `&before=${json.more}`
    }
  }
  for (const count of [1, 2, 5]) {
    assert.deepEqual(new Set(await followed('all', count)), new Set(begun))
    assert.equal((await followed('all', count)).length, begun.length)
    assert.deepEqual(new Set(await followed('failed', count)), new Set(failed))
    assert.deepEqual(await followed('running', count), [])
  }
  await person('user')
  const hers = await signedIn('a user', '192.168.1.32')
  const { status, json } = await ask({ url: `/api/tasks?before=${begun[0]}`, cookie: hers })
  assert.deepEqual([status, json.error.code], [404, 'TASK_UNKNOWN'])
  for (const wrong of ['count=0', 'count=101', 'of=mine', 'before=none']) {
    const refused = await ask({ url: `/api/tasks?${wrong}`, cookie: admin })
    assert.equal(refused.status, wrong === 'before=none' ? 404 : 400, wrong)
  }
})
