/** Acts that wait for approvals, and the approvals that have come: one file an act, `<hash>.cbor`. */
import {
  type BytePath,
  type Clock,
  codeOf,
  DatisError,
  type Disk,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  readWhole,
  writeDurably,
} from '#base'
import { claimedOrganisation, type Signed } from '#crypto'
import { ACT_MS_MAX, AHEAD_MS_MAX } from './acceptor.ts'
import {
  ACT_BYTES_MAX,
  type Act,
  type ActBody,
  decodeAct,
  decodeActBody,
  encodeAct,
  hashOfAct,
  isAlone,
} from './act.ts'
import { approverOf, nextCharter } from './apply.ts'
import type { Chain } from './chain.ts'
import type { Charter } from './charter.ts'
import { majorityOf } from './form.ts'
import { PENDING_MAX, PENDING_OF_ONE_MAX } from './protocol.ts'

const FILE = /^([0-9a-f]{64})\.cbor$/
const TEMP = /\.tmp$/

export interface PendingAct {
  readonly hash: string
  readonly act: Act
  readonly body: ActBody
  /** Organisations that approve, of those whose word counts. */
  readonly approvals: number
  readonly needed: number
}

export interface PendingDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly chain: () => Chain
}

export class PendingActs {
  readonly #deps: PendingDeps
  readonly #folder: BytePath
  readonly #acts = new Map<string, Act>()

  constructor(deps: PendingDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    ensureFolder(deps.disk, folder)
    for (const name of deps.disk.list(folder).sort()) {
      if (TEMP.test(name)) deps.disk.removeFile(joinPath(folder, name))
      const hash = FILE.exec(name)?.[1]
      if (hash !== undefined) this.#load(hash)
    }
  }

  /** Those that the charter in force leaves room for, the oldest first. */
  list(): PendingAct[] {
    const charter = this.#deps.chain().current?.charter
    if (charter === undefined) return []
    const all = [...this.#acts].map(([hash, act]) => described(charter, hash, act))
    const fresh = all.filter(({ body }) => this.#isFresh(body))
    return fresh.sort((a, b) => a.body.at - b.body.at || (a.hash < b.hash ? -1 : 1))
  }

  find(hash: string): PendingAct | undefined {
    const charter = this.#deps.chain().current?.charter
    const act = this.#acts.get(hash)
    if (charter === undefined || act === undefined) return undefined
    const found = described(charter, hash, act)
    return this.#isFresh(found.body) ? found : undefined
  }

  acts(): Act[] {
    return this.list().map(({ act }) => act)
  }

  /**
   * Takes an act in, or further approvals of one that is there; whether anything is new. What does not hold is refused:
   * ACT_REFUSED {reason}, and what its verification throws.
   */
  add(act: Act): boolean {
    const chain = this.#deps.chain()
    const charter = chain.current?.charter
    if (charter === undefined) throw refused('not-founded')
    const hash = hashOfAct(act.body)
    if (chain.madeBy(hash) !== undefined) return false
    const known = this.#acts.get(hash)
    if (known === undefined) this.#checkRoom(decodeActBody(act.body))
    const before = known === undefined ? [] : described(charter, hash, known).act.approvals
    // Each round brings what is known already.
    if (known !== undefined && saysNothingNew(before, act.approvals)) return false
    const approvals = joined(charter, act.body, before, act.approvals)
    if (known !== undefined && approvals.length === before.length) return false
    const joinedAct = { ...act, approvals }
    if (known === undefined) this.#checkNew(charter, joinedAct)
    this.#write(hash, joinedAct)
    return true
  }

  /** After a new charter: what is done, can be done no more, or has waited too long, goes. */
  sweep(): void {
    const chain = this.#deps.chain()
    const charter = chain.current?.charter
    if (charter === undefined) return
    for (const [hash, act] of [...this.#acts]) {
      // Without approvals of those who left since: they do not make the others' void.
      const current = described(charter, hash, act).act
      if (chain.madeBy(hash) === undefined && this.#mayStay(charter, current)) continue
      this.#acts.delete(hash)
      ignoring(['ENOENT'], () => this.#deps.disk.removeFile(joinPath(this.#folder, fileOf(hash))))
    }
  }

  #mayStay(charter: Charter, act: Act): boolean {
    try {
      this.#checkPossible(charter, act)
      return true
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      return false
    }
  }

  /** Before any signature is verified. */
  #checkRoom(body: ActBody): void {
    // Its approvals are a connection that lasts as long as the answer: it never waits.
    if (body.kind === 'admit') throw refused('admission')
    if (!this.#isFresh(body)) throw refused('act-old')
    const others = [...this.#acts.values()].map((one) => decodeActBody(one.body))
    if (others.length >= PENDING_MAX) throw refused('too-many')
    if (others.filter(({ by }) => by === body.by).length >= PENDING_OF_ONE_MAX) throw refused('too-many-of-one')
  }

  #checkNew(charter: Charter, act: Act): void {
    this.#checkPossible(charter, act)
    if (act.approvals.length === 0) throw refused('unsigned')
  }

  /** That it would be done if all approved. */
  #checkPossible(charter: Charter, act: Act): void {
    if (!this.#isFresh(decodeActBody(act.body))) throw refused('act-old')
    try {
      nextCharter(charter, act, this.#deps.clock.wall())
    } catch (error) {
      if (codeOf(error) !== 'ACT_APPROVALS_MISSING') throw error
    }
  }

  #isFresh({ at }: ActBody): boolean {
    const now = this.#deps.clock.wall()
    return now <= at + ACT_MS_MAX && at <= now + AHEAD_MS_MAX
  }

  #write(hash: string, act: Act): void {
    writeDurably(this.#deps.disk, this.#folder, fileOf(hash), encodeAct(act))
    this.#acts.set(hash, act)
  }

  #load(hash: string): void {
    try {
      const act = decodeAct(readWhole(this.#deps.disk, joinPath(this.#folder, fileOf(hash)), ACT_BYTES_MAX))
      if (hashOfAct(act.body) === hash) this.#acts.set(hash, act)
    } catch (error) {
      // Others have it too; what is lost here comes back with the next round.
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.warn('community.act.damaged', { act: hash, code: error.code })
    }
  }
}

/** Approvals of members, one each: those that were there first, then what is new and good. */
function joined(charter: Charter, body: Uint8Array, known: readonly Signed[], more: readonly Signed[]): Signed[] {
  const by = new Map<string, Signed>()
  const { kind } = decodeActBody(body)
  const unheard = unheardBy(body)
  for (const approval of [...known, ...more]) {
    const organisation = claimedOrganisation(approval.certificate)
    if (by.has(organisation) || organisation === unheard) continue
    const member = charter.members.some((one) => one.organisation === organisation)
    if (!member) continue
    approverOf(charter, body, approval)
    by.set(organisation, approval)
    if (isAlone(kind)) break
  }
  return [...by.values()]
}

function saysNothingNew(known: readonly Signed[], more: readonly Signed[]): boolean {
  const heard = new Set(known.map(({ certificate }) => claimedOrganisation(certificate)))
  return more.every(({ certificate }) => heard.has(claimedOrganisation(certificate)))
}

/** The organisation that has no say in an act about itself. */
export function unheardBy(body: Uint8Array): string | undefined {
  const act = decodeActBody(body)
  return act.kind === 'expel' ? act.organisation : undefined
}

/** How many organisations have to approve. */
export function approvalsNeeded(charter: Charter, body: ActBody): number {
  if (isAlone(body.kind)) return 1
  if (body.kind === 'revoke-invitation') {
    const own = charter.invitations?.some(({ key, by }) => key === body.key && by === body.by) ?? false
    if (own) return 1
  }
  return majorityOf(charter.members.length)
}

function described(charter: Charter, hash: string, act: Act): PendingAct {
  const body = decodeActBody(act.body)
  const members = new Set(charter.members.map(({ organisation }) => organisation))
  const counted = act.approvals.filter(({ certificate }) => members.has(claimedOrganisation(certificate)))
  const needed = approvalsNeeded(charter, body)
  return { hash, act: { ...act, approvals: counted }, body, approvals: counted.length, needed }
}

function fileOf(hash: string): string {
  return `${hash}.cbor`
}

function refused(reason: string): DatisError {
  return new DatisError('ACT_REFUSED', 'An act cannot be taken in.', { reason })
}
