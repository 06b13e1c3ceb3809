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
import {
  type Charter,
  decodeCharter,
  decodeSignedCharter,
  encodeSignedCharter,
  SIGNED_CHARTER_BYTES_MAX,
  type SignedCharter,
} from './charter.ts'
import { signersOf, verifyCharter } from './signing.ts'

const FILE = /^charter-(\d{8})\.cbor$/
const TEMP = /^charter-\d{8}\.cbor\.tmp$/

interface Kept {
  readonly charter: Charter
  readonly signed: SignedCharter
}

export class CharterStore {
  readonly #disk: Disk
  readonly #folder: BytePath
  readonly #chain: Kept[] = []

  /** Reads and verifies the chain. CHARTER_CHAIN_BROKEN {number}, and the errors of `verifyCharter`. */
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
    return this.#chain.at(-1)?.charter
  }

  get charters(): readonly Charter[] {
    return this.#chain.map(({ charter }) => charter)
  }

  signed(number: number): SignedCharter | undefined {
    return this.#chain[number - 1]?.signed
  }

  /**
   * Verifies the next charter and keeps it durably. One that is already there changes nothing; another one of a number
   * that is there is refused: the first is kept. CHARTER_CONFLICT {number, signedBoth}
   */
  append(signed: SignedCharter): Charter {
    const known = this.#chain.find((kept) => bytesEqual(kept.signed.body, signed.body))
    if (known !== undefined) return known.charter
    this.#refuseFork(signed)
    const charter = verifyCharter(signed, this.current ?? null)
    writeDurably(this.#disk, this.#folder, fileName(charter.number), encodeSignedCharter(signed))
    this.#chain.push({ charter, signed })
    return charter
  }

  #load(expected: number, number: number): void {
    if (number !== expected) {
      throw new DatisError('CHARTER_CHAIN_BROKEN', 'A charter of the chain is not there.', { number: expected })
    }
    const path = joinPath(this.#folder, pathFromText(fileName(number)))
    const signed = decodeSignedCharter(readWhole(this.#disk, path, SIGNED_CHARTER_BYTES_MAX))
    this.#chain.push({ charter: verifyCharter(signed, this.current ?? null), signed })
  }

  /** Two valid charters of one number need a member that signed both: it is named. */
  #refuseFork(signed: SignedCharter): void {
    const { number } = decodeCharter(signed.body)
    const kept = this.#chain[number - 1]
    if (kept === undefined) return
    const parent = this.#chain[number - 2]?.charter ?? null
    verifyCharter(signed, parent)
    const [first, second] = [signersOf(kept.signed, parent), signersOf(signed, parent)]
    throw new DatisError('CHARTER_CONFLICT', 'Two valid charters have one number; the first is kept.', {
      number,
      signedBoth: [...first].filter((organisation) => second.has(organisation)).join(' '),
    })
  }
}

function fileName(number: number): string {
  return `charter-${String(number).padStart(8, '0')}.cbor`
}
