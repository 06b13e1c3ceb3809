export { formatAddress, parseAddress } from './address.ts'
export { admitCertificate, isStillAdmitted } from './admission.ts'
export { type Http2TransportDeps, http2Transport } from './http2-transport.ts'
export { MESSAGE_ITEMS_MAX, PATH_BYTES_MAX, RESPONSE_BYTES_MAX, STREAMS_MAX } from './limits.ts'
export { type MemoryTransportDeps, memoryTransport } from './memory-transport.ts'
export { ADDRESSES_A_PEER_MAX, SessionPool, type SessionPoolDeps, type SessionPoolOptions } from './session-pool.ts'
export type {
  Admission,
  DialOptions,
  ListenOptions,
  LocalIdentity,
  PeerCall,
  PeerHandler,
  PeerIdentity,
  PeerListener,
  PeerMethod,
  PeerRequest,
  PeerResponse,
  PeerSession,
  Transport,
  VisitHandler,
  VisitOptions,
  Visitor,
} from './types.ts'
