/**
 * Questions that only the root can answer, carried on a file to where the words are and back: the end of a fork or of a
 * rollback (an epoch and the certificate that goes with it), a certificate for a key, or a word against a thief
 * (root-verdicts.ts). docs/formats/statements.md
 */
import { z } from 'zod'
import {
  type BytePath,
  bytesEqual,
  DatisError,
  type Disk,
  decodeCbor,
  encodeCbor,
  ignoring,
  joinPath,
  KiB,
  type Random,
  readWhole,
  writeDurably,
} from '#base'
import {
  boundedBytes,
  CERTIFICATE_BYTES_MAX,
  type decodeEpoch,
  decodeRootRequest,
  encodeEpoch,
  encodeRootRequest,
  encodeWith,
  entropyFromWords,
  issueCertificate,
  type RootKeys,
  type RootRequest,
  rootKeysFromEntropy,
  type Signed,
  signedSchema,
  signStatement,
  verifyCertificate,
} from '#crypto'
import { verifyEpoch } from '#dispersal'
import type { OpenedBox } from './opened-box.ts'
import { shownInstant } from './operations/shown.ts'
import { isVerdict, type RootVerdict, rootVerdictSchema, signVerdict, type VerdictRequest } from './root-verdicts.ts'

const REQUEST_FILE = 'epoch.request'
const REQUEST_BYTES_MAX = 4 * KiB

const answerSchema = z.strictObject({
  format: z.literal(1),
  epoch: signedSchema.nullable(),
  certificate: boundedBytes(1, CERTIFICATE_BYTES_MAX),
})

/**
 * Leaves the request to go on from this box's own newest head as `epoch.request` in its data folder. One that asks the
 * same stays as it is.
 */
export function keepRootRequest(box: OpenedBox): void {
  const { newest } = box.heads
  const { disk, clock, log } = box.world
  const path = joinPath(box.folder, REQUEST_FILE)
  const request = {
    format: 1,
    kind: 'epoch',
    box: box.settings.box,
    epoch: box.settings.epoch + 1,
    lastGood: newest === null ? null : { number: newest.head.number, hash: newest.hash },
    publicKey: box.secrets.keys.publicKey,
  } as const
  const asked = askedAt(disk, path)
  if (asked !== null && bytesEqual(asked.bytes, encodeRootRequest({ ...request, at: asked.at }))) return
  writeDurably(disk, box.folder, REQUEST_FILE, encodeRootRequest({ ...request, at: clock.wall() }))
  log.warn('root.request.kept', { path })
}

/** What was asked before; one that is damaged is written anew. */
function askedAt(disk: Disk, path: BytePath): { bytes: Uint8Array; at: number } | null {
  try {
    const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, REQUEST_BYTES_MAX))
    return bytes === undefined ? null : { bytes, at: decodeRootRequest(bytes).at }
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    return null
  }
}

export interface RootRequestDescription {
  readonly kind: RootRequest['kind']
  readonly fields: Readonly<Record<string, string | number>>
}

/** What a request asks, as data that `text` has words for. */
export function describeRootRequest(bytes: Uint8Array): RootRequestDescription {
  const request = decodeRootRequest(bytes)
  const at = shownInstant(request.at)
  if (isVerdict(request)) return { kind: request.kind, fields: { ...verdictFields(request), at } }
  const common = { box: request.box, epoch: request.epoch, at }
  if (request.kind === 'certificate') {
    return { kind: 'certificate', fields: { ...common, organisation: request.organisation, role: request.role } }
  }
  const lastGood = request.lastGood === null ? {} : { number: request.lastGood.number, hash: request.lastGood.hash }
  return { kind: 'epoch', fields: { ...common, ...lastGood } }
}

function verdictFields(request: VerdictRequest): RootRequestDescription['fields'] {
  const common = { box: request.owner, organisation: request.organisation }
  switch (request.kind) {
    case 'undo':
      return { ...common, epoch: request.until.epoch, until: shownInstant(request.until.number) }
    case 'condemn':
      return { ...common, number: request.head.number, hash: request.head.hash, epoch: request.epoch }
    case 'brake-budget': {
      const { class: packClass, bytes, lasting } = request
      return { ...common, class: packClass, bytes, budget: lasting ? 'lasting' : 'once' }
    }
  }
}

/** The words are read, used and forgotten. ROOT_REQUEST_FOREIGN when they are of another organisation. */
export function signRootRequest(random: Random, bytes: Uint8Array, words: string): Uint8Array {
  const request = decodeRootRequest(bytes)
  const root = rootKeysFromEntropy(entropyFromWords(words))
  if (request.kind !== 'epoch' && request.organisation !== root.organisation) {
    throw new DatisError('ROOT_REQUEST_FOREIGN', 'These words are of another organisation than the request.', {
      organisation: request.organisation,
    })
  }
  if (isVerdict(request)) return encodeWith(rootVerdictSchema, signVerdict(root, request))
  const { box, epoch, publicKey } = request
  const role = request.kind === 'certificate' ? request.role : 'box'
  const certificate = issueCertificate(root, { box, organisation: root.organisation, epoch, role, publicKey }, random)
  const statement = request.kind === 'epoch' ? signEpoch(root, request) : null
  return encodeCbor({ format: 1, epoch: statement, certificate })
}

export function signEpoch(
  root: RootKeys,
  { box, epoch, lastGood, publicKey, at }: Omit<ReturnType<typeof decodeEpoch>, 'format'>,
): Signed {
  const body = encodeEpoch({ format: 1, box, epoch, lastGood, publicKey, at })
  return signStatement('epoch', body, root.signingKey, new Uint8Array(0))
}

const anyAnswerSchema = z.union([answerSchema, rootVerdictSchema])
export type RootAnswer = z.output<typeof answerSchema> | RootVerdict

export function decodeRootAnswer(bytes: Uint8Array): RootAnswer {
  return decodeCbor('root answer', anyAnswerSchema, bytes)
}

/** Takes the root's answer: only one for this box, this key and a later epoch. */
export function applyEpoch(box: OpenedBox, answer: Exclude<RootAnswer, RootVerdict>): void {
  const { settings, secrets } = box
  const claims = verifyCertificate(answer.certificate, settings.organisation)
  const sameKey = Buffer.compare(claims.publicKey, secrets.keys.publicKey) === 0
  if (
    claims.box !== settings.box ||
    claims.role !== 'box' ||
    !sameKey ||
    claims.epoch < settings.epoch ||
    answer.epoch === null
  ) {
    throw foreign(claims.box)
  }
  const epoch = verifyEpoch(answer.epoch, { box: settings.box, organisation: settings.organisation })
  if (epoch.epoch !== claims.epoch || !bytesEqual(epoch.publicKey, claims.publicKey)) throw foreign(claims.box)
  // Applied again it changes nothing; another answer for the epoch that the box is in would be refused by all hosts.
  const known = box.epochStatement
  if (claims.epoch === settings.epoch && !(known !== null && bytesEqual(known.body, answer.epoch.body))) {
    throw foreign(claims.box)
  }
  box.adoptEpoch(answer.epoch, answer.certificate, claims.epoch)
}

function foreign(box: string): DatisError {
  return new DatisError('ROOT_REQUEST_FOREIGN', 'This answer of the root is for another box or an earlier time.', {
    box,
  })
}
