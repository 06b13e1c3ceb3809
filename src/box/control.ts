/**
 * The local socket by which a command reaches the box that runs: JSON lines, one operation a connection.
 *
 *     → {"name":"snapshot.take","args":{…}}
 *     ← {"progress":{…}}            any number of times
 *     ← {"result":{…}}  or  {"error":{"code":…,"message":…,"details":{…}}}
 *
 * Closing the connection cancels the operation. The socket stands in the data folder, which only its owner can open.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type BytePath, codeOf, DatisError, type Disk, joinPath, pathToText } from '#base'
import type { BoxClient, OperationContext, OperationName, Operations, ProgressEvent } from './operations.ts'

const SOCKET_NAME = 'control.sock'
const REQUEST_CHARS_MAX = 1_000_000
const CONNECT_ERRORS_OF_A_BOX_AT_REST = new Set(['ENOENT', 'ECONNREFUSED'])

type Answer =
  | { readonly progress: ProgressEvent }
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly details: Record<string, unknown> } }

export type CallOperation = (name: OperationName, args: unknown, context: OperationContext) => Promise<unknown>

/** Serves `call` on the folder's socket until disposed of. The caller owns the folder, so a socket left there is stale. */
export async function serveControl(disk: Disk, folder: BytePath, call: CallOperation): Promise<AsyncDisposable> {
  // A path under /proc/self/fd stays below the 108 bytes that a socket's name may have, however deep the folder is.
  const held = disk.holdFolder(folder)
  const path = pathToText(joinPath(held.path, SOCKET_NAME))
  removeStale(disk, joinPath(folder, SOCKET_NAME))
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveConnection(socket, call)
  })
  await listen(server, path)
  disk.setMetadata(joinPath(folder, SOCKET_NAME), { mode: 0o600 })
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      held[Symbol.dispose]()
    },
  }
}

/** The box that runs on this folder, or null when none does. */
export async function connectControl(disk: Disk, folder: BytePath): Promise<BoxClient | null> {
  const probe = await connect(disk, folder)
  if (probe === null) return null
  probe.destroy()
  return {
    call: (name, args, context) => callOver(disk, folder, name, args, context),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function callOver<Name extends OperationName>(
  disk: Disk,
  folder: BytePath,
  name: Name,
  args: Operations[Name][0],
  context: OperationContext,
): Promise<Operations[Name][1]> {
  const socket = await connect(disk, folder)
  if (socket === null) throw stopped()
  const abort = (): void => void socket.destroy()
  context.signal.addEventListener('abort', abort, { once: true })
  try {
    socket.write(`${JSON.stringify({ name, args })}\n`)
    for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
      const answer = JSON.parse(line) as Answer
      if ('progress' in answer) context.onProgress(answer.progress)
      else if ('error' in answer) throw new DatisError(answer.error.code, answer.error.message, answer.error.details)
      else return answer.result as Operations[Name][1]
    }
    context.signal.throwIfAborted()
    throw stopped()
  } finally {
    context.signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}

function stopped(): DatisError {
  return new DatisError('BOX_STOPPED', 'The box stopped before it answered.')
}

function serveConnection(socket: Socket, call: CallOperation): void {
  const abort = new AbortController()
  socket.on('close', () => abort.abort(new DatisError('CANCELLED', 'The command was cancelled.')))
  // A command that goes away is a cancelled operation, which 'close' reports; its reset is no fault of the box.
  socket.on('error', () => socket.destroy())
  const send = (answer: Answer): void => void (socket.writable && socket.write(`${JSON.stringify(answer)}\n`))
  readLine(socket, async (line) => {
    try {
      const { name, args } = JSON.parse(line) as { name: OperationName; args: unknown }
      const context = { signal: abort.signal, onProgress: (progress: ProgressEvent) => send({ progress }) }
      send({ result: (await call(name, args, context)) ?? null })
    } catch (error) {
      send({ error: shownError(error) })
    }
    socket.end()
  })
}

/** What may be shown of an error: ours whole, the system's by its code, anything else without its text. */
export function shownError(error: unknown): { code: string; message: string; details: Record<string, unknown> } {
  if (error instanceof DatisError) return { code: error.code, message: error.message, details: { ...error.details } }
  const message = error instanceof Error ? error.message : String(error)
  return { code: codeOf(error), message, details: {} }
}

function readLine(socket: Socket, onLine: (line: string) => Promise<void>): void {
  let text = ''
  socket.setEncoding('utf8')
  const onData = (part: string): void => {
    text += part
    const end = text.indexOf('\n')
    if (end < 0 && text.length <= REQUEST_CHARS_MAX) return
    socket.off('data', onData)
    socket.resume()
    if (end < 0) socket.destroy()
    else void onLine(text.slice(0, end))
  }
  socket.on('data', onData)
}

function removeStale(disk: Disk, path: BytePath): void {
  try {
    disk.removeFile(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}

async function connect(disk: Disk, folder: BytePath): Promise<Socket | null> {
  using held = disk.holdFolder(folder)
  const path = pathToText(joinPath(held.path, SOCKET_NAME))
  return await new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error) => {
      if (CONNECT_ERRORS_OF_A_BOX_AT_REST.has(codeOf(error))) resolve(null)
      else reject(error)
    })
  })
}
