import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { bytesEqual, fromHex, toHex } from '#base'
import { makeVectors, merklePayload, sealCases } from '../../test/vectors/crypto/make.ts'
import { decodeHead } from './bodies.ts'
import { verifyCertificate } from './certificate.ts'
import { checkFrames, EMPTY_LOG } from './frames.ts'
import { encodeKeyring, unwrapKeyring } from './keyring.ts'
import { rootKeysFromEntropy } from './keys.ts'
import { verifyLeaf } from './merkle.ts'
import { open } from './sealing.ts'
import { decodeSigned, verifySignature, verifyStatement } from './statement.ts'
import { entropyFromWords } from './words.ts'

function golden<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> {
  const url = new URL(`../../test/vectors/crypto/${name}`, import.meta.url)
  return schema.parse(JSON.parse(readFileSync(url, 'utf8')))
}

for (const [name, made] of Object.entries(makeVectors())) {
  test(`the golden bytes of ${name} are still what is written`, () => {
    assert.deepEqual(golden(name, z.unknown()), JSON.parse(JSON.stringify(made)))
  })
}

test('golden words open in both languages', () => {
  const wordCase = z.object({ entropy: z.string(), fr: z.string(), en: z.string(), organisation: z.string() })
  for (const { entropy, fr, en, organisation } of golden('words.json', z.object({ cases: z.array(wordCase) })).cases) {
    assert.equal(toHex(entropyFromWords(fr)), entropy)
    assert.equal(toHex(entropyFromWords(en)), entropy)
    assert.equal(rootKeysFromEntropy(fromHex(entropy)).organisation, organisation)
  }
})

test('the golden certificate verifies', () => {
  const { certificate, organisation, box, boxPublicKey } = golden(
    'certificate.json',
    z.object({ certificate: z.string(), organisation: z.string(), box: z.string(), boxPublicKey: z.string() }),
  )
  const claims = verifyCertificate(fromHex(certificate), organisation)
  assert.equal(claims.box, box)
  assert.equal(toHex(claims.publicKey), boxPublicKey)
})

test('the golden keyring opens with the words of its root', () => {
  const { wrapped, entropy, keyring } = golden(
    'keyring.json',
    z.object({ wrapped: z.string(), entropy: z.string(), keyring: z.string() }),
  )
  const opened = unwrapKeyring(fromHex(wrapped), rootKeysFromEntropy(fromHex(entropy)))
  assert.equal(toHex(encodeKeyring(opened)), keyring)
})

test('golden sealed bytes open', () => {
  const { cases } = golden('sealing.json', z.object({ cases: z.array(z.object({ sealed: z.string() })) }))
  for (const [index, { context, plain }] of sealCases().entries()) {
    assert.ok(bytesEqual(open(context, fromHex(cases[index]?.sealed ?? '')), plain))
  }
})

test('golden statements verify under box and root', () => {
  const statement = z.object({
    kind: z.enum([
      'head',
      'receipt',
      'stripe',
      'placement',
      'fragment-receipt',
      'epoch',
      'root-request',
      'release',
      'cancel',
      'undo',
      'condemn',
      'brake-budget',
      'unusual-release',
      'contacts',
    ]),
    signer: z.enum(['box', 'root']),
    signed: z.string(),
  })
  const { cases, organisation } = golden(
    'statements.json',
    z.object({ cases: z.array(statement), organisation: z.string() }),
  )
  for (const { kind, signer, signed } of cases) {
    const decoded = decodeSigned(fromHex(signed))
    if (signer === 'root') verifySignature(kind, decoded, fromHex(organisation))
    else verifyStatement(kind, decoded, organisation)
    if (kind === 'head') assert.equal(decodeHead(decoded.body).number, 1)
  }
})

test('golden Merkle proofs verify', () => {
  const proofCase = z.object({ bytes: z.number(), index: z.number(), proof: z.array(z.string()) })
  const rootCase = z.object({ bytes: z.number(), root: z.string() })
  const { proofs, roots } = golden('merkle.json', z.object({ proofs: z.array(proofCase), roots: z.array(rootCase) }))
  for (const { bytes, index, proof } of proofs) {
    const root = fromHex(roots.find((each) => each.bytes === bytes)?.root ?? '')
    const leaf = merklePayload(bytes).subarray(index * 4096, (index + 1) * 4096)
    assert.ok(verifyLeaf(root, bytes, index, leaf, proof.map(fromHex)))
  }
})

test('golden frames follow one another', () => {
  const end = z.object({ frames: z.number(), hash: z.string() })
  const vectors = golden('frames.json', z.object({ bytes: z.string(), end }))
  assert.deepEqual(checkFrames(fromHex(vectors.bytes), EMPTY_LOG), vectors.end)
})
