/** What boxes and organisations are called, and who is meant by a name: by all charters that this box has. */
import { DatisError } from '#base'
import { type BoxOfMember, boxesOf, type Charter } from '#community'
import { shortened } from '#text'
import type { OpenedBox } from './opened-box.ts'
import type { HostTrouble, WithNames } from './operations.ts'

export class Names {
  readonly boxes = new Map<string, BoxOfMember>()
  readonly #organisations = new Map<string, string>()

  /** Newest first: who is a member no more keeps the last name that it had. */
  constructor(listings: readonly Charter[]) {
    for (const charter of listings) {
      for (const one of boxesOf(charter)) if (!this.boxes.has(one.box)) this.boxes.set(one.box, one)
      for (const { organisation, name } of charter.members) {
        if (!this.#organisations.has(organisation)) this.#organisations.set(organisation, name)
      }
    }
  }

  box(id: string): string | null {
    return this.boxes.get(id)?.name ?? null
  }

  organisation(id: string): string | null {
    return this.#organisations.get(id) ?? null
  }
}

export function namesOf(box: OpenedBox): Names {
  return new Names(box.charters.current === undefined ? [] : box.listings)
}

interface Called {
  readonly id: string
  readonly name: string
}

export function withNames<Result extends { readonly trouble: readonly Omit<HostTrouble, 'name'>[] }>(
  box: OpenedBox,
  result: Result,
): WithNames<Result> {
  const names = namesOf(box)
  return { ...result, trouble: result.trouble.map((one) => ({ ...one, name: names.box(one.host) ?? '' })) }
}

/** MEMBER_UNKNOWN, MEMBER_AMBIGUOUS */
export function memberMeant({ members }: Charter, text: string): string {
  const found = meant(
    members.map(({ organisation: id, name }) => ({ id, name })),
    text,
  )
  const [only, ...others] = found
  const id = text.slice(0, 100)
  if (only === undefined) throw new DatisError('MEMBER_UNKNOWN', 'There is no such member.', { id })
  if (others.length === 0) return only
  const details = { id, count: found.length, ids: shortened(found) }
  throw new DatisError('MEMBER_AMBIGUOUS', 'Several members may be meant.', details)
}

/** One that is listed now, before one that was. BOX_UNKNOWN, BOX_AMBIGUOUS */
export function boxMeant(charter: Charter, { boxes }: Names, text: string): BoxOfMember {
  const now = meant(boxesOf(charter).map(called), text)
  const found = now.length > 0 ? now : meant([...boxes.values()].map(called), text)
  const [only, ...others] = found
  const box = text.slice(0, 100)
  const one = only === undefined ? undefined : boxes.get(only)
  if (one === undefined) throw new DatisError('BOX_UNKNOWN', 'No charter lists such a box.', { box })
  if (others.length === 0) return one
  const details = { box, count: found.length, ids: shortened(found) }
  throw new DatisError('BOX_AMBIGUOUS', 'Several boxes may be meant.', details)
}

function called({ box: id, name }: BoxOfMember): Called {
  return { id, name }
}

/** A whole id is itself, whoever took it for a name; a name and the beginning of another's id may both be meant. */
function meant(all: readonly Called[], text: string): string[] {
  const begin = text.toLowerCase()
  const fits = all.filter(({ id, name }) => name === text || (begin !== '' && id.startsWith(begin)))
  const exact = fits.filter(({ id }) => id === begin)
  return (exact.length > 0 ? exact : fits).map(({ id }) => id)
}
