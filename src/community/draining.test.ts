import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { decodeCbor, encodeCbor, toHex } from '#base'
import { simRandom } from '#base/sim'
import {
  boxKeysFromSeed,
  issueCertificate,
  type RootKeys,
  rootKeysFromEntropy,
  type Signed,
  signedSchema,
  signStatement,
} from '#crypto'
import type { PeerIdentity, PeerSession } from '#network'
import { codeIs } from '../../test/conformance/transport.ts'
import type { BoxSigner } from './act.ts'
import type { Charter } from './charter.ts'
import { askDrain, DRAIN_PATH, DrainRoute, type Standing } from './draining.ts'
import { foundingCharter } from './membership.ts'

const random = simRandom('draining')
const { signal } = new AbortController()

interface Person {
  readonly root: RootKeys
  readonly signer: BoxSigner
  readonly identity: PeerIdentity
}

function person(role: 'box' | 'recovery' = 'box'): Person {
  const root = rootKeysFromEntropy(random.bytes(32))
  const keys = boxKeysFromSeed(random.bytes(32))
  const box = toHex(random.bytes(16))
  const { organisation } = root
  const claims = { box, organisation, epoch: 1, role, publicKey: keys.publicKey } as const
  const certificate = issueCertificate(root, claims, random)
  const identity: PeerIdentity = { box, organisation, role, epoch: 1, certificate }
  return { root, signer: { box, organisation, key: keys.signingKey, certificate }, identity }
}

function charterOf(people: readonly Person[], leaving: Person | null): Charter {
  const members = people.map((one, index) => ({
    organisation: one.root.organisation,
    name: `m${index}`,
    sealing: one.root.public.sealing,
    boxes: [{ box: one.signer.box, name: `b${index}`, addresses: [], ...(one === leaving && { leaving: 7 }) }],
  }))
  return foundingCharter({ community: random.bytes(16), members, at: 0 })
}

const [leaver, owner, other] = [person(), person(), person()]
const CHARTER = charterOf([leaver, owner, other], leaver)

function route(of: Person, standing: Standing, charter = CHARTER): DrainRoute {
  return new DrainRoute({
    clock: { wall: () => 1_000_000 },
    charter: () => charter,
    signer: () => of.signer,
    standing: () => standing,
    kept: async () => ({ fragments: 3, bytes: 4096 }),
  })
}

const request = { method: 'POST', path: DRAIN_PATH, body: new Uint8Array(0), from: '' } as const
const asked = ({ signer: { box, organisation } }: Person) => ({ box, organisation, name: '', addresses: [] })

const anything = z.record(z.string(), z.unknown())

/** A session on which this is answered. */
function session(body: Uint8Array): PeerSession {
  return { request: async () => ({ status: 200, body }) } as unknown as PeerSession
}

async function answerOf(of: Person, standing: Standing, peer = leaver): Promise<Uint8Array> {
  const answer = await route(of, standing).serve({ ...request, peer: peer.identity })
  assert.ok(answer !== null)
  return answer.body
}

const ask = (body: Uint8Array, to: Person = owner, who = leaver) =>
  askDrain(session(body), { leaving: who.signer.box, asked: asked(to) }, signal)

test('who does without a box that is leaving signs it, and what it keeps of that box', async () => {
  const { standing, drained, keeps } = await ask(await answerOf(owner, 'drained'))
  assert.equal(standing, 'drained')
  assert.ok(drained !== null)
  assert.deepEqual([keeps.fragments, keeps.bytes, keeps.until], [3, 4096, 1_000_000 + 90 * 86_400_000])
  for (const standing of ['moving', 'nowhere'] as const) {
    assert.equal((await ask(await answerOf(owner, standing))).drained, null)
  }
})

test('only a box that the charter lists as leaving is answered', async () => {
  const one = route(owner, 'drained')
  assert.equal(await one.serve({ ...request, method: 'GET', peer: leaver.identity }), null)
  await assert.rejects(one.serve({ ...request, peer: other.identity }), codeIs('DRAIN_UNKNOWN'))
  await assert.rejects(one.serve({ ...request, peer: person().identity }), codeIs('MEMBER_REFUSED'))
  await assert.rejects(one.serve({ ...request, peer: { ...leaver.identity, former: true } }), codeIs('MEMBER_REFUSED'))
  const recovering = { ...leaver.identity, role: 'recovery' } as const
  await assert.rejects(one.serve({ ...request, peer: recovering }), codeIs('MEMBER_REFUSED'))
})

test('a receipt of somebody else, about somebody else, or that does not belong to the answer is not believed', async () => {
  const good = decodeCbor('answer', anything, await answerOf(owner, 'drained'))
  const foreign = decodeCbor('answer', anything, await answerOf(other, 'drained'))
  const { key, certificate } = owner.signer
  const about = (kind: 'drained' | 'kept', change: object): Signed => {
    const { body } = signedSchema.parse(good[kind])
    const content = { ...decodeCbor('body', anything, body), ...change }
    return signStatement(kind, encodeCbor(content), key, certificate)
  }
  const elsewhere = Buffer.from(other.signer.box, 'hex')
  const wrong: [string, object][] = [
    ['signed by another', { drained: foreign.drained }],
    ['kept by another', { kept: foreign.kept }],
    ['for another host', { drained: about('drained', { host: elsewhere }) }],
    ['by another owner', { drained: about('drained', { owner: elsewhere }) }],
    ['of another owner', { kept: about('kept', { owner: elsewhere }) }],
    ['one for the other', { drained: good.kept }],
    ['without a receipt', { drained: null }],
    ['with one too early', { standing: 'moving' }],
  ]
  for (const [what, change] of wrong) {
    await assert.rejects(
      ask(encodeCbor({ ...good, ...change })),
      ({ code }: { code: string }) => ['STATEMENT_INVALID', 'CERTIFICATE_INVALID', 'SIGNATURE_INVALID'].includes(code),
      what,
    )
  }
  await ask(encodeCbor(good))
})
