/** NAT-PMP, the one question of it that changes nothing: "which public address do you have?" (RFC 6886 §3.2). */
import { createSocket, type Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { codeOf } from './errors.ts'

const PORT = 5351
/** The RFC doubles from 250 ms on; three tries are enough on a local network. */
const TRIES_MS = [250, 500, 1000]
const QUESTION = Uint8Array.of(0, 0)
const ANSWER_BYTES = 12
const ANSWER_OPCODE = 128

export async function routerAddress(signal: AbortSignal): Promise<string | null> {
  const gateway = defaultGateway()
  if (gateway === null) return null
  signal.throwIfAborted()
  const socket = createSocket('udp4')
  try {
    return await ask(socket, gateway, signal)
  } finally {
    socket.close()
  }
}

function ask(socket: Socket, gateway: string, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>()
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const knock = (): void => {
    const waitMs = TRIES_MS[tries++]
    if (waitMs === undefined) {
      resolve(null)
      return
    }
    socket.send(QUESTION, PORT, gateway)
    timer = setTimeout(knock, waitMs)
  }
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  // No router, or one that does not know the protocol and says so: it tells nothing.
  socket.on('error', () => resolve(null))
  socket.on('message', (answer, { address }) => {
    if (address === gateway) resolve(addressIn(answer))
  })
  knock()
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  })
}

/** Version, 128, result (2 bytes, 0 = good), seconds since its start (4), address (4). */
function addressIn(answer: Buffer): string | null {
  if (answer.byteLength < ANSWER_BYTES || answer[1] !== ANSWER_OPCODE || answer.readUInt16BE(2) !== 0) return null
  const address = [...answer.subarray(8, ANSWER_BYTES)].join('.')
  return address === '0.0.0.0' ? null : address
}

/** Where Linux says it; other systems do not, and then the router is not asked. */
function defaultGateway(): string | null {
  try {
    return gatewayIn(readFileSync('/proc/net/route', 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Interface, destination, gateway, …: hexadecimal, bytes in the order of the machine. */
export function gatewayIn(table: string): string | null {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway] = line.split('\t')
    if (destination !== '00000000' || gateway === undefined || gateway === '00000000') continue
    return [...Buffer.from(gateway, 'hex').reverse()].join('.')
  }
  return null
}
