/** Communities for the tests of this layer: charters signed by hand, and boxes with keepers over the simulated transport. */
import { pathFromText, silentLog } from '#base'
import { type MachineClock, MemoryDisk, MemoryNet, type SimClock, type SimRandom, simClock, simRandom } from '#base/sim'
import { invitationKeysFromSecret, signStatement } from '#crypto'
import {
  type Admission,
  memoryTransport,
  type PeerListener,
  type PeerRequest,
  type PeerResponse,
  SessionPool,
  type Transport,
} from '#network'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import { type Act, type ActBody, type ActContent, type BoxSigner, encodeActBody, signApproval } from './act.ts'
import { nextCharter } from './apply.ts'
import type { Ballot } from './ballot.ts'
import { type Charter, encodeCharter, type Member, type SignedCharter } from './charter.ts'
import { CharterStore } from './charter-store.ts'
import { decodeInvitation } from './invitation-code.ts'
import { joinCommunity } from './joining.ts'
import { CommunityKeeper } from './keeper.ts'
import { admissionFor, foundingCharter } from './membership.ts'
import { communityBodyBytesMax } from './protocol.ts'
import { assembleCharter, signCharter, signVote } from './signing.ts'

export const START_MS = 1_780_000_000_000
export const never = new AbortController().signal

export function signerOf({ box, organisation, keys, identity }: TestBox): BoxSigner {
  return { box, organisation, key: keys.signingKey, certificate: identity.certificate }
}

export function memberOf({ organisation, box, root }: TestBox, name = 'Mairie'): Member {
  const boxes = [{ box, name: 'Datis 1', addresses: ['box.example:4600', '[2001:db8::1]:4600'] }]
  return { organisation, name, sealing: root.public.sealing, boxes }
}

export function founding(of: readonly TestBox[], more: Partial<Charter> = {}): Charter {
  const members = of.map((one) => memberOf(one))
  return { ...foundingCharter({ community: new Uint8Array(16).fill(7), members, at: START_MS }), ...more }
}

export function founded(charter: Charter, signers: readonly TestBox[]): SignedCharter {
  const body = encodeCharter(charter)
  return assembleCharter(
    body,
    signers.map((one) => signCharter(body, one.keys, one.identity.certificate)),
  )
}

let acts = 0

/** For bytes that are compared: acts get the times that they get in a program of their own. */
export function countActsAnew(): void {
  acts = 0
}

export function actOf(by: TestBox, content: ActContent, approvers: readonly TestBox[], at = START_MS): Act {
  const community = '07'.repeat(16)
  // Each is another act: two alike would be one.
  const body = encodeActBody({ format: 1, community, by: by.organisation, at: at + acts++, ...content } as ActBody)
  return { body, approvals: approvers.map((one) => signApproval(signerOf(one), { body, at })) }
}

export const inviteKeys = (text: string) =>
  invitationKeysFromSecret(Uint8Array.from(Buffer.from(text.padEnd(16, '.')).subarray(0, 16)))

export function inviteOf(by: TestBox, text: string, approvers: readonly TestBox[]): Act {
  const at = START_MS + acts
  return actOf(by, { kind: 'invite', key: inviteKeys(text).key, until: at + 3_600_000 }, approvers)
}

export function admitOf(joiner: TestBox, text: string, change: Partial<ActContent> = {}): Act {
  const { key, signingKey } = inviteKeys(text)
  const [box] = memberOf(joiner).boxes
  if (box === undefined) throw new Error('a member has a box')
  const own = { ...box, addresses: [...box.addresses] }
  const content = { kind: 'admit', key, name: 'Mairie', sealing: joiner.root.public.sealing, box: own } as const
  const act = actOf(joiner, { ...content, ...change } as ActContent, [joiner])
  return { ...act, invitation: signStatement('join', act.body, signingKey, new Uint8Array(0)).signature }
}

export const ballotOf = (box: TestBox, count = 1): Ballot => ({ count, box: box.box })

/** The charter that an act makes, voted for by hand. */
export function voted(parent: Charter, act: Act, voters: readonly TestBox[], at = START_MS): SignedCharter {
  return votedBody(encodeCharter(nextCharter(parent, act, at)), voters)
}

export function votedBody(body: Uint8Array, voters: readonly TestBox[]): SignedCharter {
  const ballot = ballotOf(voters[0] as TestBox)
  return { body, ballot, signatures: voters.map((one) => signVote(body, ballot, signerOf(one))) }
}

// --- boxes that run

export type Meddle = (request: PeerRequest, answer: () => Promise<PeerResponse>) => Promise<PeerResponse>

export interface LivingBox {
  readonly name: string
  readonly person: TestBox
  readonly disk: MemoryDisk
  readonly clock: MachineClock
  readonly events: string[]
  /** What lives as long as the program on it. */
  program: Program
  meddle: Meddle | undefined
}

interface Program {
  readonly store: CharterStore
  readonly keeper: CommunityKeeper
  readonly pool: SessionPool
  readonly transport: Transport
  readonly admission: Admission
  readonly onListen: (listener: PeerListener) => void
  listening: boolean
}

export class LivingTown {
  readonly clock: SimClock
  readonly random: SimRandom
  readonly net: MemoryNet
  readonly boxes: LivingBox[] = []
  #starts = 0

  constructor(seed: string) {
    this.clock = simClock({ startWallMs: START_MS })
    this.random = simRandom(seed)
    this.net = new MemoryNet(this.clock, this.random.fork('net'))
  }

  add(name: string): LivingBox {
    const disk = new MemoryDisk({ clock: this.clock })
    const own = { name, person: testBox(name), disk, clock: this.clock.machine(), events: [] }
    const box: LivingBox = { ...own, program: this.#open(own), meddle: undefined }
    this.boxes.push(box)
    return box
  }

  /** A box whose program died comes back on what its disk has. */
  async restart(box: LivingBox): Promise<void> {
    this.net.down(box.name)
    this.net.up(box.name)
    box.program = this.#open(box)
    await this.listen(box)
  }

  #open({ name, person, disk, clock, events }: Omit<LivingBox, 'program' | 'meddle'>): Program {
    const { net } = this
    const random = this.random.fork(`${name} ${this.#starts++}`)
    const note = (event: string) => void events.push(event)
    const log = { ...silentLog, warn: note, error: note }
    const store = new CharterStore(disk, pathFromText('/data/charters'))
    const past = { departures: () => store.departures, clock }
    const admission = admissionFor(() => store.current, past)
    const transport = memoryTransport({ net: net.on(name), clock })
    const pool = new SessionPool({ transport, clock, random }, { identity: () => person.identity, admission })
    let listener: PeerListener | null = null
    const keeper = new CommunityKeeper(
      {
        disk,
        clock,
        random,
        log,
        store,
        signer: () => signerOf(person),
        session: (box, addresses, signal) => pool.to(box, addresses, signal),
        onCharter: () => {
          pool.recheck()
          listener?.recheck()
        },
      },
      pathFromText('/data/community'),
    )
    const onListen = (one: PeerListener) => {
      listener = one
    }
    return { store, keeper, pool, onListen, transport, admission, listening: false }
  }

  async listen(box: LivingBox): Promise<void> {
    const { program, person } = box
    const { transport, admission, keeper } = program
    program.listening = true
    const listener = await transport.listen(
      { host: '0.0.0.0', port: 4600 },
      {
        identity: () => person.identity,
        admission,
        bodyBytesMax: communityBodyBytesMax,
        visit: keeper.visit,
        handler: async (request, signal) => {
          const answer = async () => (await keeper.serve(request, signal)) ?? { status: 404, body: new Uint8Array(0) }
          return box.meddle === undefined ? await answer() : await box.meddle(request, answer)
        },
      },
    )
    program.onListen(listener)
  }

  run<Result>(work: Promise<Result>): Promise<Result> {
    return this.clock.run(work, 24 * 3_600_000)
  }

  /** Founds with these, by hand: each is running afterwards. */
  async found(boxes: readonly LivingBox[]): Promise<void> {
    const people = boxes.map(({ person }) => person)
    const members = boxes.map(({ name, person }) => ({
      ...memberOf(person, name),
      boxes: [{ box: person.box, name, addresses: [`${name}:4600`] }],
    }))
    const charter = foundingCharter({ community: new Uint8Array(16).fill(7), members, at: START_MS })
    const signed = founded(charter, people)
    for (const box of boxes) {
      box.program.store.append(signed)
      await this.run(this.listen(box))
    }
  }

  async join(box: LivingBox, code: string, transport = box.program.transport): Promise<void> {
    const { person, name, program } = box
    const joiner = {
      signer: signerOf(person),
      identity: person.identity,
      name,
      sealing: person.root.public.sealing,
      box: { box: person.box, name, addresses: [`${name}:4600`] },
    }
    const deps = { transport, clock: this.clock, log: silentLog }
    const chain = await joinCommunity(deps, joiner, decodeInvitation(code), never)
    for (const signed of chain) program.store.append(signed)
    if (!program.listening) await this.listen(box)
  }

  async rounds(boxes: readonly LivingBox[] = this.boxes): Promise<void> {
    for (const box of boxes) await this.run(box.program.keeper.round(never))
  }

  partition(one: readonly LivingBox[], other: readonly LivingBox[]): void {
    for (const a of one) for (const b of other) this.net.cut(a.name, b.name)
  }
}

export const hashesOf = ({ program }: LivingBox): string[] => program.store.chain.kept.map(({ hash }) => hash)

export async function townOf(seed: string, ...names: string[]): Promise<{ town: LivingTown; boxes: LivingBox[] }> {
  const town = new LivingTown(seed)
  const boxes = names.map((name) => town.add(name))
  await town.found(boxes)
  return { town, boxes }
}

/** The smallest act there is: a box of another name. */
export function rename({ program, person, name }: LivingBox, anew: string): ReturnType<CommunityKeeper['propose']> {
  const box = { box: person.box, name: anew, addresses: [`${name}:4600`] }
  return program.keeper.propose({ kind: 'addresses', box }, never)
}
