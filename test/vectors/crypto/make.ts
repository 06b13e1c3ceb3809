/**
 * Golden bytes of the layer `crypto`: `node test/vectors/crypto/make.ts` writes the JSON files beside it. They are
 * frozen: src/crypto/vectors.test.ts compares them with what the code makes today, so write them anew only with a new format.
 * Every input stands in the files; bytes are lower-case hex.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fromHex, type Random, toHex } from '#base'
import {
  boxKeysFromSeed,
  buildFrame,
  checkFrames,
  EMPTY_LOG,
  encodeBrakeBudget,
  encodeCancel,
  encodeCondemn,
  encodeContacts,
  encodeEpoch,
  encodeFragmentReceipt,
  encodeHead,
  encodeKeyring,
  encodePlacement,
  encodeReceipt,
  encodeRelease,
  encodeRootRequest,
  encodeSigned,
  encodeStripeRecord,
  encodeUndo,
  encodeUnusualRelease,
  hashOfFrame,
  hashOfStatement,
  hkdf,
  issueCertificate,
  keyFromPassphrase,
  leafProof,
  merkleRoot,
  newKeyring,
  PASSPHRASE_COST,
  rootKeysFromEntropy,
  rootOfIds,
  type SealContext,
  type StatementKind,
  seal,
  sha256,
  signStatement,
  wordsFromEntropy,
  wrapKeyring,
} from '#crypto'

export type Vectors = Readonly<Record<string, unknown>>

const box = '00112233445566778899aabbccddeeff'
const host = 'ffeeddccbbaa99887766554433221100'
const at = 1_790_000_000_000
const entropy = bytesOf('entropy', 32)
const boxSeed = bytesOf('box seed', 32)
const serial = bytesOf('serial', 16)

export function makeVectors(): Readonly<Record<string, Vectors>> {
  return {
    'words.json': words(),
    'certificate.json': certificates(),
    'keyring.json': keyrings(),
    'sealing.json': sealing(),
    'statements.json': statements(),
    'merkle.json': merkle(),
    'frames.json': frames(),
    'passphrase.json': passphrase(),
  }
}

/** Bytes without meaning that are the same in each run: SHA-256 of the name and a counter. */
export function bytesOf(name: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`datis vectors: ${name} ${block}`).digest(),
  )
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}

/** Gives out what was prepared, in order. */
export function scripted(...answers: readonly Uint8Array[]): Random {
  const left = [...answers]
  return {
    bytes: (length) => {
      const answer = left.shift()
      if (answer?.byteLength !== length) throw new Error('the vectors prepared other random bytes')
      return answer
    },
    below: () => 0,
  }
}

function words(): Vectors {
  const entropies = [0x00, 0x7f, 0x80, 0xff].map((fill) => new Uint8Array(32).fill(fill))
  return {
    about:
      'words ↔ entropy → root keys: HKDF-SHA256(entropy, no salt, info datis/1/root-signing, datis/1/root-sealing)',
    cases: [...entropies, entropy].map((each) => {
      const root = rootKeysFromEntropy(each)
      return {
        entropy: toHex(each),
        fr: wordsFromEntropy(each, 'fr').join(' '),
        en: wordsFromEntropy(each, 'en').join(' '),
        rootSigningPrivate: toHex(hkdf(each, new Uint8Array(0), Buffer.from('datis/1/root-signing'), 32)),
        rootSealingPrivate: toHex(hkdf(each, new Uint8Array(0), Buffer.from('datis/1/root-sealing'), 32)),
        organisation: root.organisation,
        rootSealingPublic: toHex(root.public.sealing),
      }
    }),
  }
}

function passphrase(): Vectors {
  const salt = bytesOf('passphrase salt', 16)
  const cases = ['five words with no relation', 'cinq mots ﬁns et étés'].map((text) => {
    const key = keyFromPassphrase(text, salt, PASSPHRASE_COST)
    const plain = bytesOf('private files', 40)
    const fields = { type: 1, generation: 0, codec: 0, position: 0, plainBytes: plain.byteLength }
    const context: SealContext = {
      key,
      purpose: 'box-keys',
      box,
      id: new Uint8Array(0),
      binding: new Uint8Array(32),
      fields,
    }
    const sealed = seal(context, plain, bytesOf('passphrase fresh', 32))
    return { passphrase: text, key: toHex(key), plain: toHex(plain), sealed: toHex(sealed) }
  })
  return {
    about: 'key = Argon2id(NFKC(passphrase), salt); sealed as box-keys of the box',
    ...{ ...PASSPHRASE_COST, salt: toHex(salt), box, fresh: toHex(bytesOf('passphrase fresh', 32)) },
    cases,
  }
}

function certificates(): Vectors {
  const keys = boxKeysFromSeed(boxSeed)
  return {
    about: 'X.509 certificate of the box key, signed by the root of `entropy`',
    entropy: toHex(entropy),
    organisation: rootKeysFromEntropy(entropy).organisation,
    boxSeed: toHex(boxSeed),
    boxPublicKey: toHex(keys.publicKey),
    boxPrivatePem: keys.privatePem,
    box,
    epoch: 1,
    role: 'box',
    serialRandom: toHex(serial),
    certificate: toHex(certificateOf(boxSeed)),
  }
}

function certificateOf(seed: Uint8Array): Uint8Array {
  const root = rootKeysFromEntropy(entropy)
  const { publicKey } = boxKeysFromSeed(seed)
  return issueCertificate(
    root,
    { box, organisation: root.organisation, epoch: 1, role: 'box', publicKey },
    scripted(serial),
  )
}

function keyrings(): Vectors {
  const random = scripted(...Array.from({ length: 8 }, (_, index) => bytesOf(`keyring ${index}`, 32)))
  const keyring = newKeyring(box, random)
  const ikm = bytesOf('ephemeral', 32)
  const root = rootKeysFromEntropy(entropy)
  const wrapped = wrapKeyring(keyring, root.public, scripted(ikm))
  return {
    about: 'keyring wrapped to the root of `entropy` with HPKE; ephemeralIkm is the ikm of DeriveKeyPair',
    entropy: toHex(entropy),
    box,
    keyring: toHex(encodeKeyring(keyring)),
    ephemeralIkm: toHex(ikm),
    hpkeInfo: toHex(Buffer.concat([Buffer.from('datis/1/keyring'), fromHex(box)])),
    wrapped: toHex(wrapped),
    hash: toHex(sha256(wrapped)),
  }
}

export function sealCases(): { name: string; context: SealContext; plain: Uint8Array; fresh: Uint8Array }[] {
  const text = Buffer.from('The house burns; the files do not.')
  const common = {
    key: bytesOf('pack key', 32),
    box,
    id: bytesOf('pack id', 32),
    binding: sha256(bytesOf('chunk ids', 64)),
  }
  const fields = { type: 1, generation: 1, codec: 0, position: 2, plainBytes: text.byteLength }
  const fresh = bytesOf('fresh', 32)
  const nothing = new Uint8Array(0)
  return [
    { name: 'group', context: { ...common, purpose: 'data-group', fields }, plain: text, fresh },
    {
      name: 'compressed group: the plain length is that after decompression',
      context: { ...common, purpose: 'metadata-group', fields: { ...fields, codec: 1, plainBytes: 1_000_000 } },
      plain: text,
      fresh,
    },
    {
      name: 'nothing, with no id and no binding',
      context: {
        ...common,
        purpose: 'settings',
        id: nothing,
        binding: new Uint8Array(32),
        fields: { ...fields, plainBytes: 0 },
      },
      plain: nothing,
      fresh,
    },
  ]
}

function sealing(): Vectors {
  return {
    about: 'sealed = fresh ‖ commitment ‖ ciphertext ‖ tag',
    cases: sealCases().map(({ name, context, plain, fresh }) => ({
      name,
      key: toHex(context.key),
      purpose: context.purpose,
      box,
      id: toHex(context.id),
      binding: toHex(context.binding),
      fields: context.fields,
      fresh: toHex(fresh),
      plain: toHex(plain),
      sealed: toHex(seal(context, plain, fresh)),
    })),
  }
}

function statements(): Vectors {
  const root = rootKeysFromEntropy(entropy)
  const keys = boxKeysFromSeed(boxSeed)
  const certificate = certificateOf(boxSeed)
  const hex = (name: string, length: number) => toHex(bytesOf(name, length))
  const stripe = hex('pack id', 32)
  const store = hex('store', 16)
  const zeros = '0'.repeat(64)
  const roots = ['row 0', 'row 1', 'row 2'].map((name) => hex(name, 32))
  const head = {
    format: 1 as const,
    box,
    incarnation: { count: 1, bytes: hex('incarnation', 16) },
    epoch: 1,
    number: 1,
    previous: zeros,
    at,
    log: { frames: 2, hash: hex('frame', 32) },
    stripes: rootOfIds([stripe]),
    keyring: hex('wrapped', 32),
    organisations: [hex('organisation a', 32), hex('organisation b', 32)].sort(),
  }
  const headHash = hashOfStatement('head', { body: encodeHead(head) })
  const publicKey = keys.publicKey
  const lastGood = { number: 1, hash: headHash }
  const epoch = { format: 1 as const, box, epoch: 2, lastGood, publicKey, at }
  const bodies: readonly (readonly [StatementKind, Uint8Array, 'box' | 'root'])[] = [
    ['head', encodeHead(head), 'box'],
    ['receipt', encodeReceipt({ format: 1, owner: box, number: 1, head: headHash, host, store, at }), 'box'],
    [
      'stripe',
      encodeStripeRecord({
        format: 1,
        owner: box,
        stripe,
        class: 'data',
        n: 3,
        k: 2,
        packBytes: 100_000,
        fragmentBytes: 50_048,
        roots,
      }),
      'box',
    ],
    ['placement', encodePlacement({ format: 1, owner: box, stripe, number: 1, hosts: [box, host, store] }), 'box'],
    [
      'fragment-receipt',
      encodeFragmentReceipt({ format: 1, owner: box, stripe, row: 1, root: roots[1] ?? zeros, host, store, at }),
      'box',
    ],
    ['epoch', encodeEpoch(epoch), 'root'],
    ['root-request', encodeRootRequest({ ...epoch, kind: 'epoch' }), 'box'],
    [
      'root-request',
      encodeRootRequest({
        format: 1,
        kind: 'certificate',
        box,
        organisation: root.organisation,
        epoch: 2,
        role: 'box',
        publicKey,
        at,
      }),
      'box',
    ],
    ...releases(headHash),
    ...verdictRequests(root.organisation, headHash),
  ]
  return {
    about: 'signature = Ed25519(utf8(datis/1/<kind>) ‖ 00 ‖ body); hash = SHA-256 of the same bytes',
    organisation: root.organisation,
    boxPublicKey: toHex(keys.publicKey),
    certificate: toHex(certificate),
    cases: bodies.map(([kind, body, signer]) => {
      const byRoot = signer === 'root'
      const key = byRoot ? root.signingKey : keys.signingKey
      const signed = signStatement(kind, body, key, byRoot ? new Uint8Array(0) : certificate)
      return {
        kind,
        signer,
        body: toHex(body),
        signature: toHex(signed.signature),
        hash: hashOfStatement(kind, signed),
        signed: toHex(encodeSigned(signed)),
      }
    }),
  }
}

function releases(headHash: string): (readonly [StatementKind, Uint8Array, 'box' | 'root'])[] {
  const stripes = ['pack id', 'another pack'].map((name) => toHex(bytesOf(name, 32))).sort()
  const release = { format: 1 as const, owner: box, epoch: 1, number: at, stripes, log: null, at }
  const hash = hashOfStatement('release', { body: encodeRelease(release) })
  const order = { epoch: 1, number: at }
  const budget = { format: 1 as const, owner: box, id: toHex(bytesOf('budget', 16)), bytes: 50_048, at }
  return [
    ['release', encodeRelease(release), 'box'],
    ['cancel', encodeCancel({ format: 1, owner: box, epoch: 1, number: at + 1, stripes, at: at + 1 }), 'box'],
    ['undo', encodeUndo({ format: 1, owner: box, until: order, by: null, at }), 'root'],
    ['undo', encodeUndo({ format: 1, owner: host, until: order, by: box, at }), 'box'],
    ['condemn', encodeCondemn({ format: 1, owner: box, head: { number: 1, hash: headHash }, epoch: 1, at }), 'root'],
    ['brake-budget', encodeBrakeBudget({ ...budget, class: 'data', lasting: false, by: null }), 'root'],
    ['brake-budget', encodeBrakeBudget({ ...budget, owner: host, class: 'metadata', lasting: true, by: box }), 'box'],
    [
      'unusual-release',
      encodeUnusualRelease({
        format: 1,
        owner: host,
        host: box,
        store: toHex(bytesOf('store', 16)),
        release: { ...order, hash },
        class: 'data',
        bytes: 50_048,
        refused: 100_096,
        held: 500_480,
        reason: 'brake',
        at,
      }),
      'box',
    ],
    [
      'contacts',
      encodeContacts({
        format: 1,
        owner: box,
        ...order,
        contacts: ['someone@example.org', 'someone.else@mail.example.org'],
        at,
      }),
      'box',
    ],
    ['contacts', encodeContacts({ format: 1, owner: box, epoch: 1, number: at + 1, contacts: [], at }), 'box'],
  ]
}

function verdictRequests(
  organisation: string,
  headHash: string,
): (readonly [StatementKind, Uint8Array, 'box' | 'root'])[] {
  const common = { format: 1 as const, owner: box, organisation, at }
  const id = toHex(bytesOf('budget', 16))
  const requests = [
    encodeRootRequest({ ...common, kind: 'undo', until: { epoch: 1, number: at } }),
    encodeRootRequest({ ...common, kind: 'condemn', head: { number: 1, hash: headHash }, epoch: 1 }),
    encodeRootRequest({ ...common, kind: 'brake-budget', id, class: 'data', bytes: 50_048, lasting: false }),
  ]
  return requests.map((body) => ['root-request', body, 'box'])
}

function merkle(): Vectors {
  const lengths = [0, 1, 4095, 4096, 4097, 8192, 12_288, 20_480, 28_673, 65_536]
  const payload = merklePayload(20_480)
  const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => toHex(bytesOf(`id ${name}`, 32)))
  return {
    about:
      'payload of n bytes: byte i is (i * 7 + (i >> 12)) mod 256; leaves of 4096 bytes; setRoot over the sorted ids',
    roots: lengths.map((bytes) => ({ bytes, root: toHex(merkleRoot(merklePayload(bytes))) })),
    proofs: [0, 3, 4].map((index) => ({
      bytes: payload.byteLength,
      index,
      proof: leafProof(payload, index).map(toHex),
    })),
    ids,
    setRoot: rootOfIds(ids),
    emptySetRoot: rootOfIds([]),
  }
}

export function merklePayload(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 7 + (index >> 12)) & 0xff)
}

function frames(): Vectors {
  const sealed = [bytesOf('sealed 0', 96), bytesOf('sealed 1', 200)]
  const first = buildFrame(0, EMPTY_LOG.hash, sealed[0] ?? new Uint8Array(0))
  const second = buildFrame(1, hashOfFrame(first), sealed[1] ?? new Uint8Array(0))
  const bytes = Buffer.concat([first, second])
  return {
    about: 'two frames back to back; the sealed parts are arbitrary bytes: the chain is checked without keys',
    sealed: sealed.map(toHex),
    bytes: toHex(bytes),
    end: checkFrames(bytes, EMPTY_LOG),
  }
}

if (import.meta.main) {
  for (const [name, vectors] of Object.entries(makeVectors())) {
    writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`)
  }
}
