/** The request lines that a host knows; any other is refused before its body is looked at. docs/protocol/hosting.md */
import type { PeerMethod } from '#network'
import { requestInvalid } from '../errors.ts'
import { parseFragmentName } from '../fragment-file.ts'
import {
  FRAGMENT_FILE_BYTES_MAX,
  HEADS_BODY_BYTES_MAX,
  INCARNATION_COUNT_MAX,
  INVENTORY_BUCKETS,
  KEYRING_BYTES_MAX,
  LOG_BODY_BYTES_MAX,
  RELEASE_BODY_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  VERIFY_BODY_BYTES_MAX,
} from '../limits.ts'
import type { FragmentId, Incarnation } from '../protocol.ts'

export type OwnerRoute =
  | { name: 'fragment.put'; id: FragmentId }
  | { name: 'fragment.get'; id: FragmentId; headerOnly: boolean }
  | { name: 'verify' }
  | { name: 'inventory' }
  | { name: 'inventory.page'; class: 'data' | 'metadata'; prefix: number; after: FragmentId | null }
  | { name: 'log.end'; at: number | undefined }
  | { name: 'log.page'; bound: { from: number } | { until: number } }
  | { name: 'log.append'; from: number; incarnation: Incarnation; branch: boolean }
  | { name: 'keyring.put'; hash: string }
  | { name: 'keyring.get'; hash: string }
  | { name: 'heads.put' }
  | { name: 'heads.newest' }
  | { name: 'heads.list'; before: number }
  | { name: 'heads.page'; from: number }
  | { name: 'heads.one'; number: number }
  | { name: 'incarnation' }
  | { name: 'state'; counts: boolean }
  | { name: 'epoch.put' }
  | { name: 'release' }
  | { name: 'cancel' }
  | { name: 'releases' }
  | { name: 'undo' }
  | { name: 'condemn' }
  | { name: 'budget' }
  | { name: 'unusual' }
  | { name: 'contacts.put' }

export type Route =
  | { kind: 'owner'; owner: string; route: OwnerRoute }
  | { kind: 'organisation'; organisation: string }
  | { kind: 'time' }
  | { kind: 'other' }

/** What these carry is signed by whom it concerns: any member may hand it over, or look. */
export const OPEN_TO_MEMBERS: ReadonlySet<OwnerRoute['name']> = new Set(['undo', 'condemn', 'budget', 'unusual'])

const OWNER = /^\/v1\/owners\/([0-9a-f]{32})\/([a-z]+)(?:\/([0-9a-z./]{1,100}))?$/
const ORGANISATION = /^\/v1\/organisations\/([0-9a-f]{64})\/boxes$/
const TIME = '/v1/time'
const HASH = /^[0-9a-f]{64}$/
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/
const INCARNATION = /^([1-9][0-9]{0,12})-([0-9a-f]{32})$/

export function parseRoute(method: PeerMethod, path: string): Route {
  const [line = '', query, ...rest] = path.split('?')
  if (rest.length > 0) throw requestInvalid('query')
  const params = paramsOf(query)
  const organisation = ORGANISATION.exec(line)?.[1]
  if (organisation !== undefined && method === 'GET' && params.size === 0) return { kind: 'organisation', organisation }
  if (line === TIME && method === 'GET' && params.size === 0) return { kind: 'time' }
  const match = OWNER.exec(line)
  const [, owner, what, item] = match ?? []
  if (owner === undefined || what === undefined) return { kind: 'other' }
  const route = ownerRoute(`${method} ${what}`, item, new Query(params))
  if (route === null) throw requestInvalid('path')
  return { kind: 'owner', owner, route }
}

function paramsOf(query: string | undefined): Map<string, string> {
  const params = new Map<string, string>()
  if (query === undefined) return params
  for (const pair of query.split('&')) {
    const [name, value, ...rest] = pair.split('=')
    const valid = name !== undefined && value !== undefined && rest.length === 0 && /^[a-z]{1,20}$/.test(name)
    if (!valid || params.has(name) || params.size >= 8) throw requestInvalid('query')
    params.set(name, value)
  }
  return params
}

/** Takes parameters out; what nobody took is unknown and refused. */
class Query {
  readonly #params: Map<string, string>

  constructor(params: Map<string, string>) {
    this.#params = params
  }

  has(name: string): boolean {
    return this.#params.has(name)
  }

  text(name: string): string | undefined {
    const value = this.#params.get(name)
    this.#params.delete(name)
    return value
  }

  number(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!NUMBER.test(value)) throw requestInvalid(name)
    return Number(value)
  }

  flag(name: string): boolean {
    const value = this.text(name)
    if (value !== undefined && value !== '1') throw requestInvalid(name)
    return value === '1'
  }

  fragment(name: string): FragmentId | null {
    const value = this.text(name)
    return value === undefined ? null : fragmentOf(value)
  }

  end<Result>(result: Result): Result {
    if (this.#params.size > 0) throw requestInvalid('query')
    return result
  }
}

function ownerRoute(what: string, item: string | undefined, query: Query): OwnerRoute | null {
  const parse = item === undefined ? PLAIN[what] : undefined
  if (parse !== undefined) return query.end(parse(query))
  const parseItem = item === undefined ? undefined : WITH_ITEM[what]
  return item === undefined || parseItem === undefined ? null : query.end(parseItem(item, query))
}

const PLAIN: Record<string, (query: Query) => OwnerRoute> = {
  'POST verify': () => ({ name: 'verify' }),
  'GET inventory': () => ({ name: 'inventory' }),
  'GET log': logRoute,
  'POST log': (query) => ({
    name: 'log.append',
    from: query.number('from') ?? missing('from'),
    incarnation: incarnationOf(query.text('incarnation')),
    branch: query.flag('branch'),
  }),
  'POST heads': () => ({ name: 'heads.put' }),
  'GET heads': headsRoute,
  'POST incarnation': () => ({ name: 'incarnation' }),
  'GET state': (query) => ({ name: 'state', counts: query.flag('counts') }),
  'PUT epoch': () => ({ name: 'epoch.put' }),
  'POST releases': () => ({ name: 'release' }),
  'GET releases': () => ({ name: 'releases' }),
  'POST cancels': () => ({ name: 'cancel' }),
  'POST undo': () => ({ name: 'undo' }),
  'POST condemn': () => ({ name: 'condemn' }),
  'POST budget': () => ({ name: 'budget' }),
  'GET unusual': () => ({ name: 'unusual' }),
  'PUT contacts': () => ({ name: 'contacts.put' }),
}

const WITH_ITEM: Record<string, (item: string, query: Query) => OwnerRoute> = {
  'PUT fragments': (item) => ({ name: 'fragment.put', id: fragmentOf(item) }),
  'GET fragments': (item, query) => ({ name: 'fragment.get', id: fragmentOf(item), headerOnly: query.flag('header') }),
  'GET inventory': bucketRoute,
  'PUT keyrings': (item) => ({ name: 'keyring.put', hash: hashOf(item) }),
  'GET keyrings': (item) => ({ name: 'keyring.get', hash: hashOf(item) }),
  'GET heads': (item) => ({ name: 'heads.one', number: headNumber(item) }),
}

function logRoute(query: Query): OwnerRoute {
  if (query.has('from')) return { name: 'log.page', bound: { from: query.number('from') ?? 0 } }
  if (query.has('until')) return { name: 'log.page', bound: { until: query.number('until') ?? 0 } }
  return { name: 'log.end', at: query.number('at') }
}

function headsRoute(query: Query): OwnerRoute {
  if (query.has('from')) return { name: 'heads.page', from: query.number('from') ?? 0 }
  if (query.flag('list')) return { name: 'heads.list', before: query.number('before') ?? Number.MAX_SAFE_INTEGER }
  return { name: 'heads.newest' }
}

function bucketRoute(item: string, query: Query): OwnerRoute {
  const match = /^(data|metadata)\/(0|[1-9][0-9]{0,2})$/.exec(item)
  const prefix = Number(match?.[2])
  const packClass = match?.[1]
  if ((packClass !== 'data' && packClass !== 'metadata') || !(prefix < INVENTORY_BUCKETS))
    throw requestInvalid('bucket')
  return { name: 'inventory.page', class: packClass, prefix, after: query.fragment('after') }
}

function fragmentOf(text: string): FragmentId {
  return parseFragmentName(text) ?? missing('fragment')
}

function hashOf(text: string): string {
  return HASH.test(text) ? text : missing('hash')
}

function headNumber(text: string): number {
  return NUMBER.test(text) ? Number(text) : missing('number')
}

function incarnationOf(text: string | undefined): Incarnation {
  const match = INCARNATION.exec(text ?? '')
  if (match?.[1] === undefined || match[2] === undefined) return missing('incarnation')
  const count = Number(match[1])
  return count > INCARNATION_COUNT_MAX ? missing('incarnation') : { count, bytes: match[2] }
}

function missing(at: string): never {
  throw requestInvalid(at)
}

const BODY_BYTES_MAX: readonly [method: PeerMethod, what: string, bytesMax: number][] = [
  ['PUT', 'fragments', FRAGMENT_FILE_BYTES_MAX],
  ['POST', 'verify', VERIFY_BODY_BYTES_MAX],
  ['POST', 'log', LOG_BODY_BYTES_MAX],
  ['PUT', 'keyrings', KEYRING_BYTES_MAX],
  ['POST', 'heads', HEADS_BODY_BYTES_MAX],
  ['POST', 'incarnation', STATEMENT_BYTES_MAX],
  ['PUT', 'epoch', STATEMENT_BYTES_MAX],
  ['POST', 'releases', RELEASE_BODY_BYTES_MAX],
  ['POST', 'cancels', RELEASE_BODY_BYTES_MAX],
  ['POST', 'undo', STATEMENT_BYTES_MAX],
  ['POST', 'condemn', STATEMENT_BYTES_MAX],
  ['POST', 'budget', STATEMENT_BYTES_MAX],
  ['PUT', 'contacts', STATEMENT_BYTES_MAX],
]

/** For `Transport.listen`: the longest body that a route takes; 0 where it takes none. */
export function hostingBodyBytesMax(method: PeerMethod, path: string): number {
  const what = OWNER.exec(path.split('?')[0] ?? '')?.[2]
  return BODY_BYTES_MAX.find(([ofMethod, name]) => ofMethod === method && name === what)?.[2] ?? 0
}
