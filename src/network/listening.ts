/** The accepting side of both transports: sessions of peers that are admitted, visits where joiners are taken. */
import type { Duplex } from 'node:stream'
import type { Address, Clock, Log, Net } from '#base'
import { Door, type LiveSession } from './door.ts'
import type { ListenOptions, PeerListener } from './types.ts'
import { type Visit, Visits } from './visits.ts'

export interface Accepted {
  readonly raw: Duplex
  readonly from: string
  readonly options: ListenOptions
  /** Handlers at work. */
  readonly running: Set<Promise<void>>
}

/** `serve`: the handshake, up to a session that was admitted or a visit. */
export async function listenAt(
  { net, clock, log }: { readonly net: Net; readonly clock: Clock; readonly log: Log },
  address: Address,
  options: ListenOptions,
  serve: (accepted: Accepted, signal: AbortSignal) => Promise<LiveSession | { readonly visit: Visit }>,
): Promise<PeerListener> {
  const running = new Set<Promise<void>>()
  const visits = options.visit === undefined ? null : new Visits({ clock, log }, { handler: options.visit, running })
  const establish = async (raw: Duplex, from: string, signal: AbortSignal) => {
    const met = await serve({ raw, from, options, running }, signal)
    if (!('visit' in met)) return met
    visits?.start(met.visit, door.closing)
    return null
  }
  const door = new Door({ clock, log, admission: options.admission, running, establish })
  return door.listener(await net.listen(address, (raw, from) => door.accept(raw, from)))
}
