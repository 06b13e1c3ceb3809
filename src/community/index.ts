export {
  BOXES_MAX,
  BOXES_MIN,
  type Charter,
  type CharterBox,
  type CharterSignature,
  charterHash,
  decodeCharter,
  decodeCharterSignature,
  decodeSignedCharter,
  encodeCharter,
  encodeCharterSignature,
  encodeSignedCharter,
  type Member,
  type SignedCharter,
} from './charter.ts'
export { CharterStore } from './charter-store.ts'
export {
  admissionFor,
  type BoxOfMember,
  boxesOf,
  type Founding,
  findBox,
  foundingCharter,
  hostsFor,
  otherOrganisations,
} from './membership.ts'
export { assembleCharter, signCharter, verifyCharter } from './signing.ts'
