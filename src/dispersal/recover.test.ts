import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCbor, encodeCbor, joinPath, silentLog, toHex } from '#base'
import { inlineWorkers } from '#base/sim'
import { admissionFor, type Charter, decodeCharter, decodeSignedCharter, encodeCharter, encodePage } from '#community'
import { boxKeysFromSeed, issueCertificate } from '#crypto'
import { parseAddress } from '#network'
import { fetchPack } from './fetch.ts'
import { HostLatencies } from './latency.ts'
import { encodeBody, ownersSchema } from './protocol.ts'
import { Recovery, type RecoveryOptions } from './recover.ts'
import { signHead } from './statements.ts'
import { clientOf, epochStatement, FakeOwner, HOSTING, type Town, town } from './test-town.ts'

const signal = new AbortController().signal

function recoveryOf(place: Town, owner: FakeOwner, contacts: string[], more: Partial<RecoveryOptions> = {}): Recovery {
  const { root, transport } = owner.box
  const keys = boxKeysFromSeed(place.random.bytes(32))
  const claims = {
    box: toHex(place.random.bytes(16)),
    organisation: root.organisation,
    epoch: 0,
    role: 'recovery',
    publicKey: keys.publicKey,
  } as const
  const identity = {
    certificate: issueCertificate(root, claims, place.random),
    privatePem: keys.privatePem,
    publicKey: keys.publicKey,
  }
  const admission = admissionFor(place.charter)
  const dial = (address: string, inner: AbortSignal) =>
    transport.dial(parseAddress(address), { identity, admission, signal: inner })
  return new Recovery(
    { clock: place.clock, log: silentLog, dial },
    { organisation: root.organisation, contacts, ...more },
  )
}

async function grown(seed: string, boxes: number): Promise<{ place: Town; owner: FakeOwner; ids: string[] }> {
  const place = await town(seed, boxes)
  const owner = new FakeOwner(place, 0)
  const ids: string[] = []
  for (let round = 0; round < 3; round++) {
    ids.push(owner.addPack(20_000))
    const { state } = await owner.disperse()
    assert.equal(state, 'whole')
    await place.clock.runFor(3_600_000)
  }
  return { place, owner, ids }
}

const hour = 3_600_000

test('words and one address bring everything back: newest head, keyring, log, packs', async () => {
  const { place, owner, ids } = await grown('all', 6)
  const recovery = recoveryOf(place, owner, ['box-2:4600'])
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.owner.box, owner.signer.box)
  assert.equal(finding.newest, true)
  assert.equal(finding.answered.length, 5)
  assert.equal(finding.head.hash, owner.heads.newest?.hash)
  assert.deepEqual(
    finding.earlier.map(({ number }) => number),
    [2, 1],
  )
  assert.equal(finding.chain.length, 3)
  const keyring = await place.clock.run(recovery.keyring(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.from(keyring), Buffer.from(owner.keyring))
  const pages = await place.clock.run(recovery.log(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.concat(pages), Buffer.from(owner.log.frames(0, 1e9)))
  const workers = inlineWorkers({ disk: owner.box.disk, clock: place.clock, random: place.random })
  const deps = { clock: place.clock, log: silentLog, workers, hosts: recovery.hosts, latencies: new HostLatencies() }
  for (const id of ids) {
    const placed = owner.placed.get(id) ?? null
    const pack = await place.clock.run(
      fetchPack(deps, { owner: finding.owner, stripe: id, placed, candidates: finding.hosts }, signal),
      hour,
    )
    assert.deepEqual(pack, owner.packs.get(id)?.bytes)
  }
  await place.clock.run(recovery[Symbol.asyncDispose]())
})

test('a host that gives the log a frame at a time, each late, costs its turns and no more', async () => {
  const { place, owner } = await grown('drip', 6)
  const keyOf = ({ signer }: Town['boxes'][number]) => `${signer.organisation}/${signer.box}`
  const [first] = place.boxes.slice(1).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  assert.ok(first)
  first.meddle = async ({ path }, answer) => {
    const until = /log\?until=(\d+)$/.exec(path)
    if (until === null) return await answer()
    await place.clock.sleep(29_000)
    return { status: 200, body: owner.log.frames(Number(until[1]) - 1, 1) }
  }
  const recovery = recoveryOf(place, owner, ['box-1:4600'])
  const finding = await place.clock.run(recovery.find(signal), hour)
  const started = place.clock.monotonic()
  for (let time = 0; time < 2; time++) {
    const pages = await place.clock.run(recovery.log(finding.owner, finding.head, signal), hour)
    assert.deepEqual(Buffer.concat(pages), Buffer.from(owner.log.frames(0, 1e9)))
  }
  assert.ok(owner.log.end().frames > 4)
  assert.ok(place.clock.monotonic() - started < 60_000, String(place.clock.monotonic() - started))
  await place.clock.run(recovery[Symbol.asyncDispose]())
})

test('a contact that never says what it keeps holds a recovery up for half a minute', async () => {
  const { place, owner } = await grown('silent', 6)
  place.box(3).meddle = async ({ path }, answer) => {
    if (path.startsWith('/v1/organisations/')) await place.clock.sleep(hour)
    return await answer()
  }
  const recovery = recoveryOf(place, owner, ['box-3:4600'])
  const started = place.clock.monotonic()
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.newest, true)
  assert.ok(place.clock.monotonic() - started < 40_000, String(place.clock.monotonic() - started))
  await place.clock.run(recovery[Symbol.asyncDispose]())
})

test('an earlier head, from before the attack, is offered and chosen', async () => {
  const { place, owner } = await grown('before', 6)
  const second = owner.heads.head(2)
  assert.ok(second)
  const recovery = recoveryOf(place, owner, ['box-1:4600'], { before: second.head.at + 1 })
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.head.hash, second.hash)
  assert.equal(finding.highest.head.number, 3)
  const pages = await place.clock.run(recovery.log(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.concat(pages), Buffer.from(owner.log.copy(second.head.log.frames).frames(0, 1e9)))
})

test('heads that a thief signs, more than a page of them, of no members and any time, hide none from before', async () => {
  const { place, owner } = await grown('flood', 6)
  const [start, newest] = [owner.heads.incarnation, owner.heads.newest]
  assert.ok(start && newest)
  const client = await clientOf(place, 0, 1)
  let last = newest
  for (let sent = 0; sent < 1008; sent += 252) {
    const run = Array.from({ length: 252 }, () => {
      const { head, hash } = last
      last = signHead(owner.signer, { ...head, number: head.number + 1, previous: hash, at: 1, organisations: [] })
      return last.signed
    })
    await place.clock.run(client.putHeads(run, start, signal))
  }
  const recovery = recoveryOf(place, owner, ['box-2:4600'], { before: newest.head.at - 1 })
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.head.head.number, newest.head.number - 1)
  assert.equal(finding.chains.length, 1)
  const keyring = await place.clock.run(recovery.keyring(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.from(keyring), Buffer.from(owner.keyring))
})

test('root’s word ends the starts that were counted before, whoever used their numbers up', async () => {
  const { place, owner } = await grown('starts', 3)
  const client = await clientOf(place, 0, 1)
  await place.clock.run(client.announce({ count: 2 ** 40, bytes: 'cd'.repeat(16) }, signal))
  const { head, hash } = owner.heads.newest ?? assert.fail('the owner has signed heads')
  const { root, keys, signer } = owner.box
  const statement = epochStatement(root, signer.box, keys, 2, { number: head.number, hash })
  assert.equal((await place.clock.run(client.putEpoch(statement, signal))).incarnation, null)
})

test('too few answers: never called newest, and who answered is named', async () => {
  const { place, owner } = await grown('few', 6)
  for (const index of [3, 4, 5]) place.net.cut('box-0', `box-${index}`)
  const recovery = recoveryOf(place, owner, ['box-1:4600'])
  const finding = await place.clock.run(recovery.find(signal), 24 * hour)
  assert.equal(finding.newest, false)
  assert.deepEqual(finding.answered, [place.box(1), place.box(2)].map(({ root }) => root.organisation).sort())
  assert.equal(finding.needed, 3)
})

test('below six organisations nothing is called newest', async () => {
  const { place, owner } = await grown('small', 5)
  const finding = await place.clock.run(recoveryOf(place, owner, ['box-1:4600']).find(signal), hour)
  assert.equal(finding.newest, false)
  assert.equal(finding.answered.length, 4)
})

test('a contact that offers an old head and a false member list fools nobody as long as one other is known', async () => {
  const { place, owner } = await grown('liar', 6)
  const liar = place.box(1)
  const old = owner.heads.head(1)
  assert.ok(old)
  // Only itself and addresses that lead nowhere: and the old head.
  const real = decodeCharter(decodeSignedCharter(place.signedCharter).body)
  const own = real.members.filter(({ organisation }) =>
    [liar.root.organisation, owner.signer.organisation].includes(organisation),
  )
  const false_: Charter = { ...real, members: own }
  liar.meddle = async (request, answer) => {
    if (request.path.startsWith('/v1/charters')) {
      const lie = { body: encodeCharter(false_), signatures: [] }
      return {
        status: 200,
        body: encodePage(Number(request.path.split('=')[1]), (one) => (one === 1 ? lie : undefined)),
      }
    }
    const response = await answer()
    if (!request.path.startsWith('/v1/organisations')) return response
    const boxes = [...decodeCbor('owners', ownersSchema, response.body).boxes]
    const lie = boxes.map((one) => ({ ...one, newest: old.signed }))
    return { status: 200, body: encodeBody(ownersSchema, { format: 1, boxes: lie, damaged: [] }) }
  }
  // The burnt box is gone.
  owner.box.meddle = () => Promise.reject(new Error('burnt'))
  const alone = await place.clock.run(recoveryOf(place, owner, ['box-1:4600']).find(signal), hour)
  assert.equal(alone.newest, false, 'its word alone is never enough')
  assert.deepEqual(alone.answered, [liar.root.organisation])
  const finding = await place.clock.run(recoveryOf(place, owner, ['box-1:4600', 'box-4:4600']).find(signal), hour)
  assert.equal(finding.head.head.number, 3)
  assert.equal(finding.newest, true)
})

test('false logs, keyrings and heads of one host are noticed and got from another', async () => {
  const { place, owner } = await grown('false bytes', 6)
  const hosts = place.boxes.slice(1).sort((a, b) => (a.signer.box < b.signer.box ? -1 : 1))
  const liar = hosts[0]
  assert.ok(liar)
  liar.meddle = async (request, answer) => {
    const response = await answer()
    if (!/log\?|keyrings|heads\?/.test(request.path)) return response
    const body = Uint8Array.from(response.body)
    const at = Math.max(0, body.byteLength - 3)
    body[at] = (body[at] ?? 0) ^ 1
    return { ...response, body }
  }
  const recovery = recoveryOf(place, owner, ['box-3:4600'])
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.chain.length, 3)
  const keyring = await place.clock.run(recovery.keyring(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.from(keyring), Buffer.from(owner.keyring))
  const pages = await place.clock.run(recovery.log(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.concat(pages), Buffer.from(owner.log.frames(0, 1e9)))
  void encodeCbor
})

test('a host that cannot read what it keeps of us has not answered: newest is never said over it', async () => {
  const { place, owner } = await grown('unread', 6)
  const spoil = (index: number) => {
    place.box(index).disk.damage(joinPath(HOSTING, owner.signer.box, 'state.cbor'), (bytes) => bytes.fill(0xff))
    place.reopen(index)
  }
  spoil(1)
  spoil(2)
  const enough = await place.clock.run(recoveryOf(place, owner, ['box-1:4600']).find(signal), hour)
  assert.deepEqual([enough.newest, enough.answered.length, enough.needed], [true, 3, 3])
  assert.ok(!enough.answered.includes(place.box(1).root.organisation))
  assert.ok(enough.hosts.includes(place.box(1).signer.box), 'its fragments are asked for all the same')
  spoil(3)
  const few = await place.clock.run(recoveryOf(place, owner, ['box-1:4600']).find(signal), hour)
  assert.deepEqual([few.newest, few.answered.length], [false, 2])
  assert.equal(few.head.hash, owner.heads.newest?.hash)
})

test('only hosts that cannot read what they keep: told apart from hosts that keep nothing', async () => {
  const { place, owner } = await grown('only damaged', 3)
  for (const index of [1, 2]) {
    place.box(index).disk.removeFile(joinPath(HOSTING, owner.signer.box, 'state.cbor'))
    place.reopen(index)
  }
  for (const more of [{}, { box: owner.signer.box }]) {
    await assert.rejects(place.clock.run(recoveryOf(place, owner, ['box-1:4600'], more).find(signal), hour), {
      code: 'RECOVERY_ONLY_DAMAGED',
    })
  }
  const other = { box: '00'.repeat(16) }
  await assert.rejects(place.clock.run(recoveryOf(place, owner, ['box-1:4600'], other).find(signal), hour), {
    code: 'RECOVERY_NOTHING_FOUND',
  })
})

test('logs and lists of heads that are damaged at every host, each elsewhere, come back whole', async () => {
  const { place, owner } = await grown('everywhere', 4)
  const frames = owner.log.frameList
  for (const index of [1, 2, 3]) {
    const { disk } = place.box(index)
    const folder = joinPath(HOSTING, owner.signer.box)
    const at = Buffer.concat(frames.slice(0, index)).byteLength + 50
    disk.damage(joinPath(folder, 'log', '00000000.log'), (bytes) => bytes.fill(0xff, at, at + 1))
    // Of the three heads each host loses one; the newest of one host is no more its newest.
    disk.damage(joinPath(folder, 'heads', `000000000${index}.cbor`), (bytes) => bytes.fill(0xff, 70, 80))
    place.reopen(index)
  }
  const recovery = recoveryOf(place, owner, ['box-1:4600'])
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.head.hash, owner.heads.newest?.hash)
  assert.equal(finding.chain.length, 3)
  const pages = await place.clock.run(recovery.log(finding.owner, finding.head, signal), hour)
  assert.deepEqual(Buffer.concat(pages), Buffer.from(owner.log.frames(0, 1e9)))
})

test('nobody keeps anything: said so', async () => {
  const place = await town('nothing', 3)
  const owner = new FakeOwner(place, 0)
  await assert.rejects(place.clock.run(recoveryOf(place, owner, ['box-1:4600']).find(signal), hour), {
    code: 'RECOVERY_NOTHING_FOUND',
  })
})
