import { lookup } from 'node:dns/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Address, Listener, Net } from './ports.ts'
import { routerAddress } from './real-router.ts'

const LINK_LOCAL = /^(?:169\.254\.|fe[89ab])/i

export function realNet(): Net {
  return { dial, listen, resolve, ownAddresses, routerAddress }
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

function listen(address: Address, onConnection: (socket: Duplex, from: string) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      onConnection(socket, plainAddress(socket.remoteAddress ?? '')),
    )
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

async function resolve(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  return all.filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address)).map(({ address }) => address)
}

/** A listener on `[::]` sees IPv4 callers under IPv6 names. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
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
