/** The chain of charters on disk: `charter-<number, 8 digits>.cbor`, from number 1 on, without a gap. */
import {
  type BytePath,
  bytesEqual,
  DatisError,
  type Disk,
  ensureFolder,
  joinPath,
  pathFromText,
  readWhole,
  writeDurably,
} from '#base'
import { Chain, type Departure, type Kept } from './chain.ts'
import {
  type Charter,
  decodeCharter,
  decodeSignedCharter,
  encodeSignedCharter,
  SIGNED_CHARTER_BYTES_MAX,
  type SignedCharter,
} from './charter.ts'
import { verifyFounding, verifyVotes } from './signing.ts'

const FILE = /^charter-(\d{8})\.cbor$/
const TEMP = /^charter-\d{8}\.cbor\.tmp$/

export class CharterStore {
  readonly chain = new Chain()
  readonly #disk: Disk
  readonly #folder: BytePath

  /** Reads and verifies the chain. CHARTER_CHAIN_BROKEN {number}, and what `Chain.append` throws. */
  constructor(disk: Disk, folder: BytePath) {
    this.#disk = disk
    this.#folder = folder
    ensureFolder(disk, folder)
    const names = disk.list(folder)
    for (const name of names.filter((one) => TEMP.test(one))) disk.removeFile(joinPath(folder, name))
    const numbers = names.flatMap((one) => FILE.exec(one)?.[1] ?? []).sort()
    for (const [index, digits] of numbers.entries()) this.#load(index + 1, Number(digits))
  }

  /** The charter in force; undefined before the founding. */
  get current(): Charter | undefined {
    return this.chain.current?.charter
  }

  get charters(): readonly Charter[] {
    return this.chain.kept.map(({ charter }) => charter)
  }

  /** When each organisation left that is a member no more. */
  get departures(): ReadonlyMap<string, Departure> {
    return this.chain.departures
  }

  signed(number: number): SignedCharter | undefined {
    return this.chain.at(number)?.signed
  }

  /**
   * Verifies the next charter and keeps it durably. One that is already there changes nothing; another one of a number
   * that is there is refused: the first is kept. CHARTER_CONFLICT {number, signedBoth}
   */
  append(signed: SignedCharter): Charter {
    const { number } = decodeCharter(signed.body)
    const kept = this.chain.at(number)
    if (kept !== undefined) {
      if (bytesEqual(kept.signed.body, signed.body)) return kept.charter
      throw this.#conflict(kept, signed)
    }
    const charter = this.chain.verify(signed)
    writeDurably(this.#disk, this.#folder, fileName(number), encodeSignedCharter(signed))
    return this.chain.keep(charter, signed).charter
  }

  #load(expected: number, number: number): void {
    if (number !== expected) {
      throw new DatisError('CHARTER_CHAIN_BROKEN', 'A charter of the chain is not there.', { number: expected })
    }
    const path = joinPath(this.#folder, pathFromText(fileName(number)))
    this.chain.append(decodeSignedCharter(readWhole(this.#disk, path, SIGNED_CHARTER_BYTES_MAX)))
  }

  /** Two valid charters of one number need members that signed both: they are named. What is not valid is no rival. */
  #conflict(kept: Kept, signed: SignedCharter): DatisError {
    const { number } = kept.charter
    const [first, second] = [this.#signers(kept.signed, number), this.#signers(signed, number)]
    return new DatisError('CHARTER_CONFLICT', 'Two valid charters have one number; the first is kept.', {
      number,
      signedBoth: [...first].filter((organisation) => second.has(organisation)).join(' '),
    })
  }

  #signers(signed: SignedCharter, number: number): Set<string> {
    const parent = this.chain.at(number - 1)
    if (parent === undefined) {
      return new Set(verifyFounding(signed).members.map(({ organisation }) => organisation))
    }
    this.chain.verifyAfter(parent, signed)
    return verifyVotes(signed, parent.charter)
  }
}

function fileName(number: number): string {
  return `charter-${String(number).padStart(8, '0')}.cbor`
}
