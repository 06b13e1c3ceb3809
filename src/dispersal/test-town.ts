/** Some boxes over the transport of the simulation, with real keys: for the tests of this layer. */
import { type BytePath, type Log, pathFromText, silentLog, toHex } from '#base'
import { inlineWorkers, MemoryDisk, MemoryNet, type SimClock, simClock, simRandom } from '#base/sim'
import type { Code } from '#coding'
import {
  admissionFor,
  assembleCharter,
  type Charter,
  decodeSignedCharter,
  encodeCharter,
  encodePage,
  encodeSignedCharter,
  foundingCharter,
  signCharter,
} from '#community'
import {
  type BoxKeys,
  boxKeysFromSeed,
  buildFrame,
  checkFrames,
  EMPTY_LOG,
  encodeBrakeBudget,
  encodeEpoch,
  framesIn,
  issueCertificate,
  type LogEnd,
  type RootKeys,
  rootKeysFromEntropy,
  type Signed,
  sha256,
  signStatement,
} from '#crypto'
import { memoryTransport, type PeerRequest, type PeerResponse, type PeerSession, type Transport } from '#network'
import { type DisperseInput, Disperser, type PackToPlace } from './disperser.ts'
import { encodeStripe, type PreparedStripe, stripeRecordOf } from './encode.ts'
import { HostClient, type Hosts } from './host-client.ts'
import { type Hosting, openHosting } from './hosting/hosting.ts'
import { KnownHosts } from './known-hosts.ts'
import { HostLatencies } from './latency.ts'
import { OwnHeads } from './own-heads.ts'
import type { DisperseReport } from './report.ts'
import { type PlacedStripe, type Signer, signStripe } from './statements.ts'
import type { LogSource } from './witness.ts'

export const START_MS = 1_780_000_000_000
export const HOSTING = pathFromText('/data/hosting')

/** Frames that anybody could chain: this layer never opens them. */
export class FakeLog implements LogSource {
  readonly frameList: Uint8Array[] = []
  #end: LogEnd = EMPTY_LOG

  append(text: string): void {
    const frame = buildFrame(this.#end.frames, this.#end.hash, Buffer.from(text))
    this.#end = checkFrames(frame, this.#end)
    this.frameList.push(frame)
  }

  end(): LogEnd {
    return this.#end
  }

  frames(from: number, bytesMax: number): Uint8Array {
    const parts: Uint8Array[] = []
    let bytes = 0
    for (const frame of this.frameList.slice(from)) {
      if (parts.length > 0 && bytes + frame.byteLength > bytesMax) break
      parts.push(frame)
      bytes += frame.byteLength
    }
    return Uint8Array.from(Buffer.concat(parts))
  }

  copy(frames = this.frameList.length): FakeLog {
    const log = new FakeLog()
    for (const { sealed } of framesIn(Buffer.concat(this.frameList.slice(0, frames)))) {
      log.append(Buffer.from(sealed).toString())
    }
    return log
  }
}

export type Meddle = (request: PeerRequest, answer: () => Promise<PeerResponse>) => Promise<PeerResponse>

export interface TownBox {
  readonly name: string
  readonly root: RootKeys
  readonly keys: BoxKeys
  readonly signer: Signer
  readonly disk: MemoryDisk
  readonly transport: Transport
  hosting: Hosting
  /** A lying host: changes answers. */
  meddle: Meddle | undefined
  readonly events: string[]
}

export interface Town {
  readonly clock: SimClock
  readonly net: MemoryNet
  readonly boxes: TownBox[]
  readonly charter: Charter
  readonly signedCharter: Uint8Array
  box(index: number): TownBox
  reopen(index: number): void
  random: ReturnType<typeof simRandom>
}

export async function town(seed: string | number, count: number, code: Code | null = null): Promise<Town> {
  const clock = simClock({ startWallMs: START_MS })
  const random = simRandom(`town ${seed}`)
  const net = new MemoryNet(clock, random.fork('net'))
  const boxes = Array.from({ length: count }, (_, index) =>
    makeBox({ clock, random: random.fork(`box ${index}`), net }, index),
  )
  const charter = foundingCharter({
    community: random.bytes(16),
    members: boxes.map(({ name, root, signer }) => ({
      organisation: root.organisation,
      name,
      sealing: root.public.sealing,
      boxes: [{ box: signer.box, name, addresses: [`${name}:4600`] }],
    })),
    code,
    at: START_MS,
  })
  const body = encodeCharter(charter)
  const signatures = boxes.map(({ keys, signer }) => signCharter(body, keys, signer.certificate))
  const signedCharter = encodeSignedCharter(assembleCharter(body, signatures))
  const members = boxes.map(({ signer }) => signer.organisation)
  const known = { charter: () => signedCharter, members: () => members }
  const place: Town = {
    clock,
    net,
    boxes,
    charter,
    signedCharter,
    random,
    box: (index) => boxes[index] as TownBox,
    reopen: (index) => {
      const box = boxes[index] as TownBox
      box.hosting = hostingOf({ clock, random: random.fork(`again ${index}`) }, box, known)
    },
  }
  for (const box of boxes) box.hosting = hostingOf({ clock, random: random.fork(`hosting ${box.name}`) }, box, known)
  await clock.run(Promise.all(boxes.map((box) => listen(box, charter))))
  return place
}

type BoxWorld = { clock: SimClock; random: ReturnType<typeof simRandom>; net: MemoryNet }

function makeBox({ clock, random, net }: BoxWorld, index: number): TownBox {
  const root = rootKeysFromEntropy(random.bytes(32))
  const keys = boxKeysFromSeed(random.bytes(32))
  const box = toHex(random.bytes(16))
  const signer = signerOf(root, { box, keys, epoch: 1 }, random)
  const name = `box-${index}`
  const disk = new MemoryDisk({ clock })
  const transport = memoryTransport({ net: net.on(name), clock })
  return {
    name,
    root,
    keys,
    signer,
    disk,
    transport,
    hosting: undefined as unknown as Hosting,
    meddle: undefined,
    events: [],
  }
}

export function signerOf(
  root: RootKeys,
  { box, keys, epoch }: { box: string; keys: BoxKeys; epoch: number },
  random: { bytes(count: number): Uint8Array; below(bound: number): number },
): Signer {
  const claims = { box, organisation: root.organisation, epoch, role: 'box', publicKey: keys.publicKey } as const
  const certificate = issueCertificate(root, claims, random)
  return { box, organisation: root.organisation, epoch, key: keys.signingKey, certificate }
}

function hostingOf(
  { clock, random }: Pick<BoxWorld, 'clock' | 'random'>,
  box: TownBox,
  { charter, members }: { charter: () => Uint8Array; members: () => string[] },
): Hosting {
  const { disk, events } = box
  const note = (event: string) => void events.push(event)
  const log: Log = { ...silentLog, error: note, warn: note }
  const workers = inlineWorkers({ disk, clock, random })
  return openHosting(
    { disk, clock, random, workers, log },
    {
      folder: HOSTING,
      box: () => box.signer,
      members,
      extraRoutes: async ({ path }) => {
        const from = /^\/v1\/charters\?from=(\d+)$/.exec(path)?.[1]
        if (from === undefined) return null
        const first = decodeSignedCharter(charter())
        return { status: 200, body: encodePage(Number(from), (one) => (one === 1 ? first : undefined)) }
      },
    },
  )
}

async function listen(box: TownBox, charter: Charter): Promise<void> {
  await box.transport.listen(
    { host: '0.0.0.0', port: 4600 },
    {
      identity: () => ({
        certificate: box.signer.certificate,
        privatePem: box.keys.privatePem,
        publicKey: box.keys.publicKey,
      }),
      admission: admissionFor(charter),
      bodyBytesMax: (method, path) => box.hosting.bodyBytesMax(method, path),
      handler: (request, signal) => {
        const answer = () => box.hosting.handler(request, signal)
        return box.meddle === undefined ? answer() : box.meddle(request, answer)
      },
    },
  )
}

/** Sessions kept, one a host. */
export function hostsOf(place: Town, box: TownBox, signer = box.signer, keys = box.keys): Hosts {
  const sessions = new Map<string, Promise<PeerSession>>()
  return {
    session(host, signal) {
      const known = sessions.get(host)
      if (known !== undefined) return known
      const to = place.boxes.find((one) => one.signer.box === host)
      const dialled = box.transport.dial(
        { host: to?.name ?? 'nowhere', port: 4600 },
        {
          identity: { certificate: signer.certificate, privatePem: keys.privatePem, publicKey: keys.publicKey },
          admission: admissionFor(place.charter),
          signal,
        },
      )
      sessions.set(host, dialled)
      const forget = () => sessions.delete(host)
      dialled.then((session) => void session.closed.then(forget), forget)
      return dialled
    },
  }
}

export async function clientOf(place: Town, from: number, to: number): Promise<HostClient> {
  const owner = place.box(from)
  const host = place.box(to)
  const session = await place.clock.run(hostsOf(place, owner).session(host.signer.box, new AbortController().signal))
  return new HostClient(place.clock, session, owner.signer.box)
}

/** The owner's half of a box, with a vault of bytes. */
export class FakeOwner {
  readonly place: Town
  readonly box: TownBox
  readonly packs = new Map<string, { info: PackToPlace; bytes: Uint8Array }>()
  readonly placed = new Map<string, PlacedStripe>()
  log = new FakeLog()
  keyring: Uint8Array = Buffer.from('a wrapped keyring')
  signer: Signer
  keys: BoxKeys
  heads: OwnHeads
  hosts: Hosts
  epoch: Signed | null = null
  /** Stripes that hosts are asked to forget. */
  readonly released = new Set<string>()
  readonly knownHosts: KnownHosts
  readonly latencies = new HostLatencies()

  constructor(place: Town, index: number, folder: BytePath = pathFromText('/data/heads')) {
    this.place = place
    this.box = place.box(index)
    this.signer = this.box.signer
    this.keys = this.box.keys
    this.heads = this.openHeads(folder)
    this.hosts = hostsOf(place, this.box)
    this.knownHosts = new KnownHosts({ disk: this.box.disk, clock: place.clock, log: silentLog }, folder)
    this.log.append('vault')
  }

  openHeads(folder: BytePath): OwnHeads {
    const { disk } = this.box
    const { clock, random } = this.place
    return new OwnHeads({ disk, clock, random, log: silentLog }, { folder, signer: () => this.signer })
  }

  addPack(bytes: number, packClass: 'data' | 'metadata' = 'data'): string {
    const id = toHex(this.place.random.bytes(32))
    this.packs.set(id, { info: { id, class: packClass, bytes }, bytes: this.place.random.bytes(bytes) })
    this.log.append(`pack ${id}`)
    return id
  }

  prepare(pack: PackToPlace, code: Code): PreparedStripe {
    const bytes = this.packs.get(pack.id)?.bytes ?? new Uint8Array(1)
    const encoded = encodeStripe(code, bytes)
    const identity = { owner: this.signer.box, stripe: pack.id, class: pack.class }
    const record = signStripe(this.signer, stripeRecordOf(identity, code, bytes.byteLength, encoded))
    return {
      class: pack.class,
      code,
      packBytes: bytes.byteLength,
      payloads: encoded.payloads,
      roots: encoded.roots,
      record,
    }
  }

  input(): DisperseInput {
    return {
      signer: this.signer,
      charter: this.place.charter,
      packs: [...this.packs.values()].map(({ info }) => info).filter(({ id }) => !this.released.has(id)),
      placed: this.placed,
      prepare: async (pack, code) => this.prepare(pack, code),
      onPlaced: (placed) => {
        this.placed.set(placed.stripe, placed)
        this.log.append(`placed ${placed.stripe} ${placed.rows.map(({ row }) => row).join(',')}`)
      },
      vaultLog: this.log,
      keyring: this.keyring,
      dispensable: async () => false,
      knows: (stripe) => this.packs.has(stripe),
      liveStripes: () => [...this.packs.keys()].filter((id) => !this.released.has(id)),
      knownHosts: this.knownHosts,
      epoch: this.epoch,
    }
  }

  async disperse(changes: Partial<DisperseInput> = {}): Promise<DisperseReport> {
    const { clock } = this.place
    const disperser = new Disperser({ clock, log: silentLog, hosts: this.hosts, heads: this.heads })
    return await clock.run(disperser.run({ ...this.input(), ...changes }, new AbortController().signal), 24 * 3_600_000)
  }
}

/** Root lets the owner release as much as it likes, on every host. */
export async function allowReleases(place: Town, owner: FakeOwner): Promise<void> {
  const { box } = owner.signer
  const { clock } = place
  const budget = { format: 1 as const, owner: box, class: 'data' as const, lasting: true, by: null }
  const body = encodeBrakeBudget({ ...budget, id: '01'.repeat(16), bytes: 10_000_000, at: clock.wall() })
  const statement = signStatement('brake-budget', body, owner.box.root.signingKey, new Uint8Array(0))
  for (let index = 1; index < place.boxes.length; index++) {
    const client = await clientOf(place, 0, index)
    await clock.run(client.deliver('budget', statement, new AbortController().signal))
  }
}

export function epochStatement(
  root: RootKeys,
  box: string,
  keys: BoxKeys,
  epoch: number,
  lastGood: { number: number; hash: string } | null,
): Signed {
  const body = encodeEpoch({ format: 1, box, epoch, lastGood, publicKey: keys.publicKey, at: START_MS })
  return signStatement('epoch', body, root.signingKey, new Uint8Array(0))
}

export function hashOf(bytes: Uint8Array): string {
  return toHex(sha256(bytes))
}
