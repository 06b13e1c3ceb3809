export { formatAddress, isLoopback, parseAddress } from './address.ts'
export { admitCertificate, isStillAdmitted } from './admission.ts'
export { type Http2TransportDeps, http2Transport } from './http2-transport.ts'
export { familyOf, isCarrierShared, type Scope, scopeOf } from './ip.ts'
export { MESSAGE_ITEMS_MAX, PATH_BYTES_MAX, RESPONSE_BYTES_MAX, STREAMS_MAX } from './limits.ts'
export { type MemoryTransportDeps, memoryTransport } from './memory-transport.ts'
export { LinePace } from './pace.ts'
export { type LenderDeps, type LenderOptions, SessionLender } from './session-lender.ts'
export { ADDRESSES_A_PEER_MAX, SessionPool, type SessionPoolDeps, type SessionPoolOptions } from './session-pool.ts'
export type {
  Admission,
  DialOptions,
  LentSession,
  ListenOptions,
  LocalIdentity,
  Look,
  LookOptions,
  PeerCall,
  PeerHandler,
  PeerIdentity,
  PeerListener,
  PeerMethod,
  PeerRequest,
  PeerResponse,
  PeerSession,
  ServeOptions,
  Transport,
  VisitHandler,
  VisitOptions,
  Visitor,
} from './types.ts'
