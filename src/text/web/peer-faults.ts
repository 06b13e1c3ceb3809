/** Why a member does not answer, in a word or two for a column. */
const EN = {
  PEER_UNREACHABLE: 'at none of its addresses',
  PEER_TIMEOUT: 'not in time',
  PEER_DISCONNECTED: 'the line broke',
  PEER_RESET: 'the line broke',
  PEER_REFUSED: 'it refuses',
  PEER_STRANGER: 'somebody else answers',
  PEER_WRONG_BOX: 'another box answers',
}

const FR: typeof EN = {
  PEER_UNREACHABLE: 'à aucune de ses adresses',
  PEER_TIMEOUT: 'pas à temps',
  PEER_DISCONNECTED: 'liaison coupée',
  PEER_RESET: 'liaison coupée',
  PEER_REFUSED: 'il refuse',
  PEER_STRANGER: 'un inconnu répond',
  PEER_WRONG_BOX: 'un autre Datis répond',
}

export const peerFaults = { en: EN, fr: FR }
