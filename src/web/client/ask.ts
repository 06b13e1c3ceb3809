/** The console's API, as its own pages ask it: docs/protocol/console.md. */
import type { Begun, ToldTask } from '#api/contract'
import type { OperationName, Operations } from '#box'
import type { Language } from '#text/web'

export interface ToldTrouble {
  readonly code: string
  readonly happened: string
  readonly follows: string
  readonly todo: string
  readonly details: Readonly<Record<string, unknown>>
}

/** What the box refuses, in the words of the reader. */
export class Trouble extends Error {
  readonly told: ToldTrouble
  readonly status: number

  constructor(status: number, told: ToldTrouble) {
    super(`${told.code}: ${told.happened}`)
    this.status = status
    this.told = told
  }
}

/** Nothing came back: the box is off, starts again, or the network is gone. */
export class Silence extends Error {}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

let language: Language = 'fr'

export function speak(chosen: Language): void {
  language = chosen
}

/** One way to the box. */
export async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, 'accept-language': language }
  const response = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    init.signal?.throwIfAborted()
    throw new Silence('The box does not answer.', { cause })
  })
  if (response.ok) return response
  throw new Trouble(response.status, await troubleIn(response))
}

/** `Answer` is what the contract says of that route. */
export async function ask<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const response = await fetched(`/api/${path}`, {
    method,
    signal,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

async function troubleIn(response: Response): Promise<ToldTrouble> {
  const { error } = (await response.json().catch(() => ({}))) as { error?: ToldTrouble }
  if (error === undefined) throw new Silence(`The box answers ${response.status} without a word.`)
  return error
}

/** An operation that only looks. */
export async function look<Name extends OperationName>(
  name: Name,
  args: Operations[Name][0],
  signal: AbortSignal | null = null,
): Promise<Operations[Name][1]> {
  return await ask('POST', `operations/${name}`, args, signal)
}

/** An operation that becomes a task, or waits for a second person. */
export async function begin<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<Begun> {
  return await ask('POST', `operations/${name}`, args)
}

const POLL_MS = 150

/** What takes no time, when it is done. Trouble: what it failed by. */
export async function done(begun: Begun): Promise<void> {
  if (!('task' in begun)) return
  for (;;) {
    const { ended, told } = await ask<ToldTask>('GET', `tasks/${begun.task}`)
    if (told !== null) throw new Trouble(409, told)
    if (ended !== null) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

export function codeOf(error: unknown): string | null {
  return error instanceof Trouble ? error.told.code : null
}
