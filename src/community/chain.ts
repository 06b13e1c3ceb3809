/** The chain of charters as a value: what follows what, and what follows from it. */
import { bytesEqual, DAY_MS, DatisError } from '#base'
import { type Act, changesOwnBoxes, decodeActBody, hashOfAct } from './act.ts'
import { nextCharter } from './apply.ts'
import { type Charter, decodeCharter, encodeCharter, type SignedCharter } from './charter.ts'
import { invalid } from './form.ts'
import { checkVotes, hashOfValue, verifyFounding, verifyVotes } from './signing.ts'

/** Charters that an organisation can make by itself, in a day by their dates: else one could make the chain as long as it likes. */
const OWN_CHANGES_A_DAY_MAX = 8

export interface Kept {
  readonly charter: Charter
  readonly hash: string
  readonly signed: SignedCharter
}

/** An organisation that is a member no more. */
export interface Departure {
  readonly organisation: string
  readonly how: 'left' | 'expelled'
  /** The charter without it. */
  readonly number: number
  /** When that charter was made, as its proposer's clock said. */
  readonly at: number
}

/** `gone`: it was never used, and made room for a later one or went with its organisation. */
export interface InvitationFate {
  readonly state: 'open' | 'used' | 'revoked' | 'gone'
  readonly until: number
}

export class Chain {
  readonly #kept: Kept[] = []
  /** Each is done once: what was approved of then is not approved of now. */
  readonly #acts = new Map<string, number>()
  readonly #departures = new Map<string, Departure>()
  readonly #invitations = new Map<string, InvitationFate>()

  get current(): Kept | undefined {
    return this.#kept.at(-1)
  }

  get kept(): readonly Kept[] {
    return this.#kept
  }

  at(number: number): Kept | undefined {
    return this.#kept[number - 1]
  }

  /** The number of the charter that an act made, or undefined. */
  madeBy(act: string): number | undefined {
    return this.#acts.get(act)
  }

  get departures(): ReadonlyMap<string, Departure> {
    return this.#departures
  }

  /** What became of an invitation by its key; undefined when there never was one. */
  invitation(key: string): InvitationFate | undefined {
    const fate = this.#invitations.get(key)
    if (fate?.state !== 'open') return fate
    const open = this.current?.charter.invitations?.some((one) => one.key === key) ?? false
    return open ? fate : { ...fate, state: 'gone' }
  }

  /** The next charter, by this act. NOT_FOUNDED, ACT_RATE_REFUSED, CHARTER_INVALID, and what acts are refused for. */
  next(act: Act, at: number): Charter {
    const parent = this.current
    if (parent === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    return this.#nextAfter(parent, act, at)
  }

  #nextAfter(parent: Kept, act: Act, at: number): Charter {
    const charter = nextCharter(parent.charter, act, at)
    this.#checkRate(parent, act, charter.at)
    return charter
  }

  #checkRate(parent: Kept, { body }: Act, at: number): void {
    const { kind, by } = decodeActBody(body)
    if (!changesOwnBoxes(kind)) return
    let made = 0
    for (let number = parent.charter.number; made < OWN_CHANGES_A_DAY_MAX; number--) {
      const before = this.at(number)?.charter
      if (before?.act === undefined || before.at <= at - DAY_MS) return
      const act = decodeActBody(before.act.body)
      if (act.by === by && changesOwnBoxes(act.kind)) made++
    }
    const details = { by, changes: OWN_CHANGES_A_DAY_MAX }
    throw new DatisError('ACT_RATE_REFUSED', 'An organisation has changed its boxes too often in a day.', details)
  }

  /** Judges the body of the next charter, whoever signs it. CHARTER_INVALID {reason} and what acts are refused for. */
  checkBody(body: Uint8Array): Charter {
    const charter = decodeCharter(body)
    const parent = this.current
    if (parent === undefined) throw invalid('no-parent', { number: charter.number })
    return this.#checkAfter(parent, charter)
  }

  /** Verifies the next charter and takes it in. CHARTER_INVALID {reason}, CHARTER_SIGNATURES_MISSING, … */
  append(signed: SignedCharter): Kept {
    return this.keep(this.verify(signed), signed)
  }

  /** Takes in what `verify` gave. */
  keep(charter: Charter, signed: SignedCharter): Kept {
    const kept = { charter, hash: hashOfValue(charter), signed }
    this.#kept.push(kept)
    this.#note(charter)
    return kept
  }

  verify(signed: SignedCharter): Charter {
    const parent = this.current
    return parent === undefined ? verifyFounding(signed) : this.verifyAfter(parent, signed)
  }

  /** Also for a rival of a charter that is there already. */
  verifyAfter(parent: Kept, signed: SignedCharter): Charter {
    const charter = this.#checkAfter(parent, decodeCharter(signed.body))
    checkVotes(charter, parent.charter, verifyVotes(signed, parent.charter))
    return charter
  }

  #checkAfter(parent: Kept, charter: Charter): Charter {
    const { number, community } = parent.charter
    if (charter.number !== number + 1) throw invalid('number', { number: charter.number, after: number })
    if (charter.community !== community) throw invalid('community')
    if (charter.previous !== parent.hash) throw invalid('previous')
    const { act } = charter
    if (act === undefined) throw invalid('act')
    const madeBefore = this.#acts.get(hashOfAct(act.body))
    if (madeBefore !== undefined && madeBefore <= number) throw invalid('act-twice')
    const expected = encodeCharter(this.#nextAfter(parent, act, charter.at))
    if (!bytesEqual(expected, encodeCharter(charter))) throw invalid('not-by-its-act')
    return charter
  }

  #note({ act, number, at, expelled }: Charter): void {
    if (act === undefined) return
    const body = decodeActBody(act.body)
    this.#acts.set(hashOfAct(act.body), number)
    if (body.kind === 'invite') this.#invitations.set(body.key, { state: 'open', until: body.until })
    if (body.kind === 'revoke-invitation') this.#end(body.key, 'revoked')
    if (body.kind === 'admit') {
      this.#end(body.key, 'used')
      this.#departures.delete(body.by)
    }
    if (body.kind === 'leave') this.#depart({ organisation: body.by, how: 'left', number, at })
    if (expelled !== undefined) this.#depart({ organisation: expelled, how: 'expelled', number, at })
  }

  #end(key: string, state: 'used' | 'revoked'): void {
    this.#invitations.set(key, { state, until: this.#invitations.get(key)?.until ?? 0 })
  }

  #depart(departure: Departure): void {
    this.#departures.set(departure.organisation, departure)
  }
}

/** A whole chain, from number 1 on. */
export function verifyChain(signed: readonly SignedCharter[]): Chain {
  const chain = new Chain()
  for (const one of signed) chain.append(one)
  if (chain.current === undefined) throw new DatisError('CHARTER_CHAIN_BROKEN', 'There is no charter.', { number: 1 })
  return chain
}
