export {
  decodeEpoch,
  decodeFragmentReceipt,
  decodeHead,
  decodePlacement,
  decodeReceipt,
  decodeStripeRecord,
  type Epoch,
  encodeEpoch,
  encodeFragmentReceipt,
  encodeHead,
  encodePlacement,
  encodeReceipt,
  encodeStripeRecord,
  type FragmentReceipt,
  type Head,
  type Placement,
  type Receipt,
  type StripeRecord,
} from './bodies.ts'
export {
  CERTIFICATE_BYTES_MAX,
  type CertificateClaims,
  claimedOrganisation,
  issueCertificate,
  verifyCertificate,
} from './certificate.ts'
export { type ConsoleIdentity, issueConsoleCertificate, readConsoleCertificate } from './console-certificate.ts'
export { CONTACTS_MAX, type Contacts, decodeContacts, encodeContacts, mailAddress } from './contacts-body.ts'
export {
  buildFrame,
  checkFrames,
  EMPTY_LOG,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  type Frame,
  type FrameLimits,
  framesIn,
  hashOfFrame,
  type LogEnd,
} from './frames.ts'
export { hkdf, hmacSha256, sha256 } from './hash.ts'
export {
  decodeKeyring,
  encodeKeyring,
  type KeyGeneration,
  type Keyring,
  newKeyring,
  unwrapKeyring,
  WRAPPED_KEYRING_BYTES_MAX,
  wrapKeyring,
} from './keyring.ts'
export {
  type BoxId,
  type BoxKeys,
  boxKeysFromSeed,
  INVITATION_SECRET_BYTES,
  type InvitationKeys,
  invitationKeysFromSecret,
  type OrganisationId,
  type RootKeys,
  type RootPublic,
  rootKeysFromEntropy,
} from './keys.ts'
export { Memo } from './memo.ts'
export {
  leafCount,
  leafLength,
  leafProof,
  MERKLE_LEAF_BYTES,
  merkleRoot,
  rootOfHashes,
  rootOfIds,
  verifyLeaf,
} from './merkle.ts'
export {
  keyFromPassphrase,
  PASSPHRASE_COST,
  PASSPHRASE_SALT_BYTES,
  type PassphraseCost,
  passphraseFields,
} from './passphrase.ts'
export type { SealPurpose } from './purposes.ts'
export {
  type BrakeBudget,
  type Cancel,
  type Condemn,
  decodeBrakeBudget,
  decodeCancel,
  decodeCondemn,
  decodeRelease,
  decodeUndo,
  decodeUnusualRelease,
  encodeBrakeBudget,
  encodeCancel,
  encodeCondemn,
  encodeRelease,
  encodeUndo,
  encodeUnusualRelease,
  RELEASE_STRIPES_MAX,
  type Release,
  type Undo,
  type UnusualRelease,
} from './release-bodies.ts'
export { decodeRootRequest, encodeRootRequest, type RootRequest } from './root-request-bodies.ts'
export { boundedBytes, count, encodeWith, fixedBytes, hexBytes } from './schema.ts'
export {
  open,
  SEAL_OVERHEAD_BYTES,
  type SealContext,
  type SealFields,
  seal,
  sealInto,
} from './sealing.ts'
export {
  decodeSigned,
  encodeSigned,
  hashOfStatement,
  type Signed,
  STATEMENT_BODY_BYTES_MAX,
  type StatementKind,
  signedSchema,
  signStatement,
  verifySignature,
  verifyStatement,
} from './statement.ts'
export { entropyFromWords, placesOfWords, type WordLanguage, wordsFromEntropy } from './words.ts'
