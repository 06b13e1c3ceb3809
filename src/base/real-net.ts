import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Address, Listener, Net } from './ports.ts'

export function realNet(): Net {
  return { dial, listen }
}

function dial(address: Address, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = createConnection({ host: address.host, port: address.port, allowHalfOpen: true, noDelay: true })
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', onError)
      socket.off('connect', onConnect)
      act()
    }
    const onConnect = () => settle(() => resolve(socket))
    const onError = (error: Error) => settle(() => reject(flattened(error)))
    const onAbort = () =>
      settle(() => {
        discard(socket)
        reject(signal.reason)
      })
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('connect', onConnect)
  })
}

function listen(address: Address, onConnection: (socket: Duplex) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection)
    server.once('error', reject)
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      server.off('error', reject)
      resolve(listenerOf(server, address.host))
    })
  })
}

function listenerOf(server: Server, host: string): Listener {
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return {
    address: { host, port },
    // Ends listening only: open connections belong to whom they were given, and close() would wait for them.
    async [Symbol.asyncDispose]() {
      if (server.listening) server.close()
    },
  }
}

/** A name with several addresses fails with an AggregateError: the first of them says most. */
function flattened(error: Error): Error {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
}

/** The dial was given up: what the socket says from now on interests nobody. */
function discard(socket: Socket): void {
  socket.on('error', () => undefined)
  socket.destroy()
}
