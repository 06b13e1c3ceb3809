/**
 * The local socket by which a command reaches the box that runs: JSON lines, one operation a connection.
 *
 *     → {"name":"snapshot.take","args":{…}}
 *     ← {"progress":{…}}            any number of times
 *     ← {"alive":true}              every 3 s, whatever the operation does
 *     ← {"result":{…}}  or  {"error":{"code":…,"message":…,"details":{…}}}
 *
 * Closing the connection cancels the operation; a box that says nothing for 15 s hangs, and is not waited for. The
 * socket stands in the data folder, which only its owner can open.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type BytePath, type Clock, codeOf, DatisError, type Disk, joinPath, pathToText, SECOND_MS } from '#base'
import type { BoxClient, OperationContext, OperationName, Operations, ProgressEvent } from './operations.ts'

const SOCKET_NAME = 'control.sock'
const REQUEST_CHARS_MAX = 1_000_000
const ALIVE_EVERY_MS = 3 * SECOND_MS
/** Of a second each; a slow disk may hold a box up for a few of them. */
const SILENT_WAITS_MAX = 15
const CONNECT_ERRORS_OF_A_BOX_AT_REST = new Set(['ENOENT', 'ECONNREFUSED'])

type Answer =
  | { readonly progress: ProgressEvent }
  | { readonly alive: true }
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly details: Record<string, unknown> } }

export type CallOperation = (name: OperationName, args: unknown, context: OperationContext) => Promise<unknown>

export interface ControlDeps {
  readonly disk: Disk
  readonly clock: Clock
}

/** Serves `call` on the folder's socket until disposed of. The caller owns the folder, so a socket left there is stale. */
export async function serveControl(
  { disk, clock }: ControlDeps,
  folder: BytePath,
  call: CallOperation,
): Promise<AsyncDisposable> {
  // A path under /proc/self/fd stays below the 108 bytes that a socket's name may have, however deep the folder is.
  const held = disk.holdFolder(folder)
  const path = pathToText(joinPath(held.path, SOCKET_NAME))
  removeStale(disk, joinPath(folder, SOCKET_NAME))
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveConnection(socket, clock, call)
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
export async function connectControl(deps: ControlDeps, folder: BytePath): Promise<BoxClient | null> {
  const probe = await connect(deps.disk, folder)
  if (probe === null) return null
  probe.destroy()
  return {
    runs: true,
    call: (name, args, context) => callOver(deps, folder, { name, args }, context),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

interface Request<Name extends OperationName> {
  readonly name: Name
  readonly args: Operations[Name][0]
}

async function callOver<Name extends OperationName>(
  { disk, clock }: ControlDeps,
  folder: BytePath,
  request: Request<Name>,
  { signal, onProgress }: OperationContext,
): Promise<Operations[Name][1]> {
  const socket = await connect(disk, folder)
  if (socket === null) throw stopped()
  using watch = new Watch(socket, clock, signal)
  socket.write(`${JSON.stringify(request)}\n`)
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
  // A socket that is destroyed has no end, for which alone the lines wait.
  socket.once('close', () => lines.close())
  for await (const line of lines) {
    watch.heard()
    const answer = JSON.parse(line) as Answer
    if ('progress' in answer) onProgress(answer.progress)
    else if ('error' in answer) throw new DatisError(answer.error.code, answer.error.message, answer.error.details)
    else if ('result' in answer) return answer.result as Operations[Name][1]
  }
  signal.throwIfAborted()
  if (!watch.isSilent) throw stopped()
  throw new DatisError('BOX_SILENT', 'The running box does not answer.', { folder: pathToText(folder) })
}

/** Closes a connection when it is disposed of, its caller gives it up, or the box says nothing for too long. */
class Watch implements Disposable {
  readonly #socket: Socket
  readonly #over = new AbortController()
  #waits = 0

  constructor(socket: Socket, clock: Clock, signal: AbortSignal) {
    this.#socket = socket
    if (signal.aborted) socket.destroy()
    signal.addEventListener('abort', () => socket.destroy(), { once: true, signal: this.#over.signal })
    void this.#listen(clock)
  }

  get isSilent(): boolean {
    return this.#waits >= SILENT_WAITS_MAX
  }

  heard(): void {
    this.#waits = 0
  }

  /** In short waits: whoever was stopped itself (Ctrl+Z) has heard nothing in the meantime either. */
  async #listen(clock: Clock): Promise<void> {
    for (; !this.isSilent; this.#waits += 1) {
      if (!(await slept(clock, SECOND_MS, this.#over.signal))) return
    }
    this.#socket.destroy()
  }

  [Symbol.dispose](): void {
    this.#over.abort()
    this.#socket.destroy()
  }
}

/** False: the signal came first. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (!signal.aborted) throw error
    return false
  }
}

function stopped(): DatisError {
  return new DatisError('BOX_STOPPED', 'The box stopped before it answered.')
}

function serveConnection(socket: Socket, clock: Clock, call: CallOperation): void {
  const abort = new AbortController()
  socket.on('close', () => abort.abort(new DatisError('CANCELLED', 'The command was cancelled.')))
  // A command that goes away is a cancelled operation, which 'close' reports; its reset is no fault of the box.
  socket.on('error', () => socket.destroy())
  const send = (answer: Answer): void => void (socket.writable && socket.write(`${JSON.stringify(answer)}\n`))
  void sayAlive(clock, send, abort.signal)
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

/** Tells a box that works long from one that hangs. */
async function sayAlive(clock: Clock, send: (answer: Answer) => void, signal: AbortSignal): Promise<void> {
  while (await slept(clock, ALIVE_EVERY_MS, signal)) send({ alive: true })
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
