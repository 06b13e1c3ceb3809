import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, encodeCbor, MINUTE_MS } from '#base'
import {
  decodeBrakeBudget,
  decodeCondemn,
  decodeRootRequest,
  decodeUndo,
  encodeRootRequest,
  encodeUndo,
  encodeWith,
  type RootRequest,
  signStatement,
} from '#crypto'
import type { RootRequestArguments } from './operations.ts'
import { decodeRootAnswer, describeRootRequest, signRootRequest } from './root-requests.ts'
import { type RootVerdict, rootVerdictSchema } from './root-verdicts.ts'
import { BOX_FOLDER, CONTEXT, type Place, place, type TestBox, treeOf } from './test-town.ts'

const BUDGET = { kind: 'brake-budget', class: 'data', bytes: 5000, lasting: false } as const

async function requested({ town }: Place, asked: TestBox, args: RootRequestArguments): Promise<Uint8Array> {
  const { request, trouble } = await town.call(asked.box, 'root.request', args)
  assert.deepEqual(trouble, [])
  return Uint8Array.from(Buffer.from(request, 'base64'))
}

function signed({ town, owner }: Place, request: Uint8Array, words = owner.words): Uint8Array {
  return signRootRequest(town.random, request, words)
}

function apply({ town }: Place, { box }: TestBox, answer: Uint8Array) {
  return town.call(box, 'root.apply', { statement: Buffer.from(answer).toString('base64') })
}

/** An answer whose root signed what it should not, or other words did. */
function verdict(answer: Uint8Array, more: Partial<RootVerdict>): Uint8Array {
  const known = decodeRootAnswer(answer)
  assert.ok('kind' in known)
  return encodeWith(rootVerdictSchema, { ...known, ...more })
}

function statementIn(answer: Uint8Array) {
  const known = decodeRootAnswer(answer)
  assert.ok('kind' in known)
  return known.statement
}

async function refused(on: Place, at: TestBox, answer: Uint8Array, code: string, why: string): Promise<void> {
  const trees = () => [on.owner, ...on.others].map(({ disk }) => treeOf(disk, BOX_FOLDER))
  const before = trees()
  await assert.rejects(apply(on, at, answer), { code }, why)
  assert.deepEqual(trees(), before, `${why}: something was written`)
}

test('each word of the root is asked for, shown, signed and taken by all hosts of the box, whoever brings it', async () => {
  const on = await place('each')
  const { town, owner, others } = on
  const { box: id, organisation } = owner.box.settings
  const hosts = others.map(({ box }) => box.settings.box).sort()
  const newest = owner.box.heads.newest
  assert.ok(newest)

  const before = town.clock.wall()
  const undo = await requested(on, others[0], { kind: 'undo', owner: id })
  const shownUndo = describeRootRequest(undo)
  assert.equal(shownUndo.kind, 'undo')
  assert.deepEqual([shownUndo.fields.box, shownUndo.fields.organisation], [id, organisation])
  const undone = signed(on, undo)
  const body = decodeUndo(statementIn(undone).body)
  assert.deepEqual([body.owner, body.by], [id, null])
  assert.ok(body.until.number > before && body.until.number <= town.clock.wall(), 'all that was released until now')
  const done = { owner: id, ownerName: owner.name, fragments: 0, bytes: 0, hosts, trouble: [] }
  assert.deepEqual(await apply(on, others[1], undone), { applied: 'undo', ...done })
  assert.deepEqual(await apply(on, owner, undone), { applied: 'undo', ...done })

  const condemn = await requested(on, owner, { kind: 'condemn', owner: null, head: newest.head.number })
  const { fields } = describeRootRequest(condemn)
  assert.deepEqual([fields.box, fields.number, fields.hash, fields.epoch], [id, newest.head.number, newest.hash, 1])
  const condemned = signed(on, condemn)
  const named = decodeCondemn(statementIn(condemned).body)
  assert.deepEqual([named.head, named.epoch], [{ number: newest.head.number, hash: newest.hash }, 1])
  assert.deepEqual(await apply(on, others[0], condemned), { applied: 'condemn', ...done })

  const budget = await requested(on, owner, { ...BUDGET, owner: null })
  assert.deepEqual(
    [
      describeRootRequest(budget).kind,
      describeRootRequest(budget).fields.bytes,
      describeRootRequest(budget).fields.budget,
    ],
    ['brake-budget', 5000, 'once'],
  )
  const raised = signed(on, budget)
  assert.equal(decodeBrakeBudget(statementIn(raised).body).by, null)
  for (const at of [others[0], owner, others[0]]) {
    const told = await apply(on, at, raised)
    assert.ok(told.applied === 'brake-budget')
    assert.deepEqual([told.hosts, told.budget], [hosts, { class: 'data', bytes: 5000, lasting: false }])
  }
  const { hosts: brakes } = await town.call(owner.box, 'brake.show', {})
  const once = brakes.map(({ classes }) => classes.find((one) => one.class === 'data')?.onceBytes)
  assert.deepEqual(once, [5000, 5000], 'a budget that comes again counts once')
})

test('a request is signed by the words of the owner alone, and a damaged one never signs what was not shown', async () => {
  const on = await place('sign')
  const { owner, others } = on
  const requests: RootRequestArguments[] = [
    { kind: 'undo', owner: null },
    { kind: 'condemn', owner: null, head: 1 },
    { ...BUDGET, owner: null },
  ]
  for (const args of requests) {
    const request = await requested(on, owner, args)
    assert.throws(() => signed(on, request, others[0].words), { code: 'ROOT_REQUEST_FOREIGN' }, args.kind)
    assert.deepEqual(signed(on, request), signed(on, request), 'one request, one statement')
    for (let length = 0; length < request.byteLength; length += 7) {
      assert.throws(() => signed(on, request.subarray(0, length)), { code: 'FORMAT_INVALID' }, `${args.kind} ${length}`)
    }
    for (let bit = 0; bit < request.byteLength * 8; bit += 5) signsWhatIsShown(on, flipped(request, bit))
  }
})

function signsWhatIsShown(on: Place, request: Uint8Array): void {
  try {
    const { kind, fields } = describeRootRequest(request)
    const answer = decodeRootAnswer(signed(on, request))
    assert.ok('kind' in answer)
    assert.equal(answer.kind, kind)
    const { organisation, ...asked } = decodeRootRequest(request) as Exclude<RootRequest, { publicKey: Uint8Array }>
    assert.equal(organisation, fields.organisation)
    assert.equal(asked.owner, fields.box)
  } catch (error) {
    assert.match((error as { code?: string }).code ?? String(error), /^(?:FORMAT_INVALID|ROOT_REQUEST_FOREIGN)$/)
  }
}

function flipped(from: Uint8Array, bit: number): Uint8Array {
  const to = Uint8Array.from(from)
  to[bit >> 3] = (to[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return to
}

test('an answer that other words signed, that is damaged or says something else goes to no host', async () => {
  const on = await place('foreign')
  const { owner, others } = on
  const id = owner.box.settings.box
  const [one] = others
  await on.town.save(one, 'theirs', on.town.random.bytes(5000))
  const answer = signed(on, await requested(on, owner, { kind: 'undo', owner: null }))
  const theirs = signed(on, await requested(on, one, { kind: 'undo', owner: null }), one.words)
  await refused(on, one, verdict(theirs, { statement: statementIn(answer) }), 'ROOT_REQUEST_FOREIGN', 'other words')
  await refused(on, one, verdict(answer, { statement: statementIn(theirs) }), 'ROOT_REQUEST_FOREIGN', 'another owner')

  // Other words that claim to be the owner's: the request names them, the statement is about another one's box.
  const request = decodeRootRequest(await requested(on, owner, { kind: 'undo', owner: null }))
  assert.ok(request.kind === 'undo')
  const { organisation } = one.box.settings
  const forged = signed(on, encodeRootRequest({ ...request, organisation }), one.words)
  await refused(on, others[1], forged, 'ROOT_REQUEST_FOREIGN', 'words of another organisation')
  const claimed = verdict(forged, { organisation: owner.box.settings.organisation })
  await refused(on, others[1], claimed, 'SIGNATURE_INVALID', 'and they say that they are the owner’s')
  for (const { box } of others) {
    const handed = box.hosting.deliver(id, 'undo', statementIn(forged))
    await assert.rejects(handed, { code: 'SIGNATURE_INVALID' }, 'no host takes it, whoever hands it over')
  }

  const { secrets, settings } = others[1].box
  const until = { epoch: 1, number: 9 }
  const byBox = encodeUndo({ format: 1, owner: id, until, by: settings.box, at: 1 })
  const statement = signStatement('undo', byBox, secrets.keys.signingKey, secrets.certificate)
  await refused(on, one, verdict(answer, { statement }), 'STATEMENT_INVALID', 'signed by a box')

  const budget = signed(on, await requested(on, owner, { ...BUDGET, owner: null }))
  await refused(on, one, verdict(budget, { kind: 'undo' }), 'FORMAT_INVALID', 'a budget that is called an undo')
  const nobody = encodeUndo({ format: 1, owner: '00'.repeat(16), until, by: null, at: 1 })
  const unlisted = { ...statementIn(answer), body: nobody }
  await refused(on, one, verdict(answer, { statement: unlisted }), 'BOX_UNKNOWN', 'a box that nobody lists')
  await refused(on, one, answer.subarray(0, 40), 'FORMAT_INVALID', 'half of it')
  await refused(on, one, encodeCbor({ format: 1, kind: 'undo' }), 'FORMAT_INVALID', 'no statement')
  const damaged = statementIn(answer)
  const signature = flipped(damaged.signature, 9)
  await refused(on, one, verdict(answer, { statement: { ...damaged, signature } }), 'SIGNATURE_INVALID', 'a bit')
})

test('heads are known to the box itself and to those that host for it; a head that nobody has is no request', async () => {
  const on = await place('heads')
  const { town, owner, others } = on
  const id = owner.box.settings.box
  const own = await town.call(owner.box, 'root.heads', { owner: null })
  const newest = owner.box.heads.newest
  assert.deepEqual([own.owner, own.heads[0]?.number, own.heads[0]?.hash], [id, newest?.head.number, newest?.hash])
  assert.deepEqual(await town.call(others[0].box, 'root.heads', { owner: id }), own)
  const args = { kind: 'condemn', owner: id, head: 999 } as const
  for (const { box } of [owner, others[0]]) {
    await assert.rejects(town.call(box, 'root.request', args), { code: 'ROOT_HEAD_UNKNOWN' })
  }
  const known = { ...args, head: newest?.head.number ?? 0 }
  const here = decodeRootRequest(await requested(on, owner, known))
  assert.deepEqual(decodeRootRequest(await requested(on, others[0], known)), { ...here, at: town.clock.wall() })
  const twin = await town.create('twin', owner.words)
  await assert.rejects(town.call(twin.box, 'root.heads', { owner: id }), { code: 'ROOT_HEAD_UNKNOWN' })
  await assert.rejects(town.call(twin.box, 'root.request', known), { code: 'NOT_FOUNDED' })
  const stranger = { ...args, owner: 'ab'.repeat(16) }
  await assert.rejects(town.call(owner.box, 'root.request', stranger), { code: 'BOX_UNKNOWN' })
})

test('hosts that are away are told, and get the same word later', async () => {
  const on = await place('away')
  const { town, owner, others } = on
  const [near, far] = others
  const budget = signed(on, await requested(on, owner, { ...BUDGET, owner: null }))
  await town.run(far.box[Symbol.asyncDispose]())
  const first = await apply(on, near, budget)
  assert.ok(first.applied !== 'epoch')
  assert.deepEqual(first.hosts, [near.box.settings.box])
  assert.deepEqual(
    first.trouble.map(({ host }) => host),
    [far.box.settings.box],
  )
  // A dispersal that waits for hosts does not hold up what root has to say.
  let waits = true
  const dispersed = owner.box.call('disperse', { waitMs: MINUTE_MS }, CONTEXT).finally(() => {
    waits = false
  })
  assert.ok((await apply(on, owner, budget)).applied === 'brake-budget' && waits)
  assert.notEqual((await town.run(dispersed)).state, 'whole')
  const { trouble } = await town.call(owner.box, 'root.request', { kind: 'undo', owner: null })
  assert.deepEqual(
    trouble.map(({ host }) => host),
    [far.box.settings.box],
  )
  await town.run(near.box[Symbol.asyncDispose]())
  const alone = town.call(owner.box, 'root.request', { kind: 'undo', owner: null })
  await assert.rejects(alone, { code: 'ROOT_REQUEST_UNANSWERED' })
})

test('a host that names an epoch to come is not believed, and times that no calendar has are shown all the same', async () => {
  const on = await place('liar')
  const { town, owner, others } = on
  const [honest, liar] = others
  const last = { epoch: town.clock.wall() + 2 * DAY_MS, number: 1 }
  liar.box.hosting.notices = async () => ({ format: 1, last, notices: [] })
  const args = { kind: 'undo', owner: owner.box.settings.box } as const
  // Asked on the liar itself, whose own word counts no more than it would anywhere else.
  const { request, trouble } = await town.call(liar.box, 'root.request', args)
  assert.deepEqual(trouble, [{ host: liar.box.settings.box, name: liar.name, code: 'HOST_ANSWER_INVALID' }])
  const asked = decodeRootRequest(Buffer.from(request, 'base64'))
  assert.ok(asked.kind === 'undo')
  const spent = { ...asked, until: { epoch: 1, number: Number.MAX_SAFE_INTEGER } }
  assert.match(String(describeRootRequest(encodeRootRequest(spent)).fields.until), /^\+275760-09-13T/)
  const told = await apply(on, honest, signed(on, encodeRootRequest(spent)))
  assert.ok(told.applied === 'undo')
  assert.deepEqual([told.hosts.length, told.trouble], [2, []])
})
