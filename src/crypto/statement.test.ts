import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCbor, realRandom } from '#base'
import {
  decodeEpoch,
  decodeFragmentReceipt,
  decodeHead,
  decodePlacement,
  decodeReceipt,
  decodeStripeRecord,
  encodeEpoch,
  encodeFragmentReceipt,
  encodeHead,
  encodePlacement,
  encodeReceipt,
  encodeStripeRecord,
  type Head,
  type StripeRecord,
} from './bodies.ts'
import { issueCertificate } from './certificate.ts'
import { boxKeysFromSeed, rootKeysFromEntropy } from './keys.ts'
import { decodeRootRequest, encodeRootRequest, type RootRequest } from './root-request-bodies.ts'
import {
  decodeSigned,
  encodeSigned,
  hashOfStatement,
  signStatement,
  verifySignature,
  verifyStatement,
} from './statement.ts'

const root = rootKeysFromEntropy(new Uint8Array(32).fill(1))
const stranger = rootKeysFromEntropy(new Uint8Array(32).fill(2))
const keys = boxKeysFromSeed(new Uint8Array(32).fill(3))
const box = '0a'.repeat(16)
const host = '0b'.repeat(16)
const hash = 'cd'.repeat(32)
const at = 1_790_000_000_000
const claims = { box, organisation: root.organisation, epoch: 1, role: 'box', publicKey: keys.publicKey } as const
const certificate = issueCertificate(root, claims, realRandom())

const head: Head = {
  format: 1,
  box,
  incarnation: { count: 1, bytes: '11'.repeat(16) },
  epoch: 1,
  number: 1,
  previous: '00'.repeat(32),
  at,
  log: { frames: 0, hash: '00'.repeat(32) },
  stripes: hash,
  keyring: hash,
  organisations: ['aa'.repeat(32), 'bb'.repeat(32)],
}
const record: StripeRecord = {
  format: 1,
  owner: box,
  stripe: hash,
  class: 'data',
  n: 2,
  k: 1,
  packBytes: 100,
  fragmentBytes: 128,
  roots: [hash, hash],
}

test('a statement verifies under the box that signed it and its organisation', () => {
  const signed = signStatement('head', encodeHead(head), keys.signingKey, certificate)
  verifySignature('head', signed, keys.publicKey)
  assert.deepEqual(verifyStatement('head', signed, root.organisation), claims)
  assert.deepEqual(decodeSigned(encodeSigned(signed)), signed)
  assert.throws(() => verifyStatement('head', signed, stranger.organisation), { code: 'CERTIFICATE_INVALID' })
  const byRoot = { ...signed, certificate: new Uint8Array(0) }
  assert.throws(() => verifyStatement('head', byRoot, root.organisation), { code: 'CERTIFICATE_INVALID' })
})

test('a statement of one kind never passes for another', () => {
  const signed = signStatement('receipt', encodeHead(head), keys.signingKey, certificate)
  assert.throws(() => verifySignature('head', signed, keys.publicKey), { code: 'SIGNATURE_INVALID' })
  assert.notEqual(hashOfStatement('head', signed), hashOfStatement('receipt', signed))
})

test('each flipped bit of body, signature and key is noticed', () => {
  const signed = signStatement('head', encodeHead(head), keys.signingKey, certificate)
  const refused = (changed: typeof signed, publicKey: Uint8Array) =>
    assert.throws(() => verifySignature('head', changed, publicKey), { code: 'SIGNATURE_INVALID' })
  for (const part of ['body', 'signature'] as const) {
    for (let bit = 0; bit < signed[part].byteLength * 8; bit += 3) {
      refused({ ...signed, [part]: flipped(signed[part], bit) }, keys.publicKey)
    }
  }
  for (let bit = 0; bit < 256; bit++) refused(signed, flipped(keys.publicKey, bit))
  refused({ ...signed, signature: signed.signature.subarray(1) }, keys.publicKey)
  refused(signed, new Uint8Array(0))
})

test('a hash names a statement whoever signed it', () => {
  const body = encodeHead(head)
  const one = signStatement('head', body, keys.signingKey, certificate)
  const other = signStatement('head', body, root.signingKey, new Uint8Array(0))
  assert.equal(hashOfStatement('head', one), hashOfStatement('head', other))
})

test('all bodies come back as they were written', () => {
  assert.deepEqual(decodeHead(encodeHead(head)), head)
  assert.deepEqual(decodeStripeRecord(encodeStripeRecord(record)), record)
  const receipt = { format: 1, owner: box, number: 1, head: hash, host, store: box, at } as const
  assert.deepEqual(decodeReceipt(encodeReceipt(receipt)), receipt)
  const placement = { format: 1 as const, owner: box, stripe: hash, number: 1, hosts: [box, host] }
  assert.deepEqual(decodePlacement(encodePlacement(placement)), placement)
  const kept = { format: 1, owner: box, stripe: hash, row: 47, root: hash, host, store: box, at } as const
  assert.deepEqual(decodeFragmentReceipt(encodeFragmentReceipt(kept)), kept)
  const epoch = { format: 1, box, epoch: 2, lastGood: null, publicKey: keys.publicKey, at } as const
  assert.deepEqual(decodeEpoch(encodeEpoch(epoch)), epoch)
  const request = { ...epoch, kind: 'epoch' } as const
  assert.deepEqual(decodeRootRequest(encodeRootRequest(request)), request)
  const certify = { format: 1, kind: 'certificate', at, ...claims } as const
  assert.deepEqual(decodeRootRequest(encodeRootRequest(certify)), certify)
  const verdict = { format: 1, owner: box, organisation: hash, at } as const
  const verdicts: RootRequest[] = [
    { ...verdict, kind: 'undo', until: { epoch: 1, number: 7 } },
    { ...verdict, kind: 'condemn', head: { number: 3, hash }, epoch: 1 },
    { ...verdict, kind: 'brake-budget', id: host, class: 'metadata', bytes: 9, lasting: true },
  ]
  for (const one of verdicts) assert.deepEqual(decodeRootRequest(encodeRootRequest(one)), one)
})

test('what no reader takes is never written', () => {
  const heads: Partial<Head>[] = [
    { number: 0 },
    { number: 1.5 },
    { box: '0a' },
    { box: '0A'.repeat(16) },
    { at: -1 },
    { organisations: ['bb'.repeat(32), 'aa'.repeat(32)] },
    { organisations: ['aa'.repeat(32), 'aa'.repeat(32)] },
    { organisations: Array.from({ length: 64 }, (_, index) => index.toString(16).padStart(64, '0')) },
  ]
  for (const change of heads) assert.throws(() => encodeHead({ ...head, ...change }), JSON.stringify(change))
  const records: Partial<StripeRecord>[] = [
    { k: 3 },
    { roots: [hash] },
    { packBytes: 129 },
    { n: 49 },
    { packBytes: 0 },
  ]
  for (const change of records)
    assert.throws(() => encodeStripeRecord({ ...record, ...change }), JSON.stringify(change))
})

test('two boxes have stripes too: one fragment, one host', () => {
  const single: StripeRecord = { ...record, n: 1, k: 1, roots: [hash] }
  assert.deepEqual(decodeStripeRecord(encodeStripeRecord(single)), single)
  const placement = { format: 1 as const, owner: box, stripe: hash, number: 1, hosts: [host] }
  assert.deepEqual(decodePlacement(encodePlacement(placement)), placement)
})

test('unknown keys, other formats and text for bytes are refused', () => {
  const body = {
    format: 1,
    owner: Buffer.alloc(16),
    stripe: Buffer.alloc(32),
    number: 1,
    hosts: Array(2).fill(Buffer.alloc(16)),
  }
  assert.equal(decodePlacement(encodeCbor(body)).hosts.length, 2)
  const others = [
    { ...body, more: 1 },
    { ...body, format: 2 },
    { ...body, owner: '00'.repeat(16) },
    { ...body, hosts: [] },
  ]
  for (const other of others) assert.throws(() => decodePlacement(encodeCbor(other)), { code: 'FORMAT_INVALID' })
})

test('an envelope is bounded', () => {
  const envelope = { body: new Uint8Array(1), signature: new Uint8Array(64), certificate: new Uint8Array(0) }
  decodeSigned(encodeSigned(envelope))
  const others = [
    { ...envelope, body: new Uint8Array(0) },
    { ...envelope, body: new Uint8Array(256 * 1024 + 1) },
    { ...envelope, signature: new Uint8Array(63) },
    { ...envelope, certificate: new Uint8Array(2049) },
  ]
  for (const other of others) assert.throws(() => decodeSigned(encodeSigned(other)), { code: 'FORMAT_INVALID' })
})

function flipped(from: Uint8Array, bit: number): Uint8Array {
  const to = Uint8Array.from(from)
  to[bit >> 3] = (to[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return to
}
