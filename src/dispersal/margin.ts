/**
 * How many further losses a stripe survives. Pure.
 *
 * A stripe comes back while k of its rows are on boxes that are there. All rows on a box fall with it; a row that several
 * boxes have falls with the last of them. Which row is which does not matter, only who has each.
 */

/** Of each row that somebody has: the boxes that have it, by any numbers. */
export type RowBoxes = readonly (readonly number[])[]

/** So many boxes that share rows are tried in all ways; of more, each is counted as if no other had its rows. */
const LINKED_BOXES_MAX = 8

/** The fewest boxes whose loss leaves fewer than k rows; 0 when there are fewer already. Never more than that. */
export function fewestLosses(k: number, rows: RowBoxes): number {
  const surplus = rows.length - k + 1
  if (surplus <= 0) return 0
  const { alone, shared } = apart(rows)
  // Boxes with one row of their own are all alike.
  let most: readonly number[] = Array.from({ length: alone + 1 }, (_, fallen) => fallen)
  for (const group of linked(shared)) most = together(most, mostFallen(group))
  return most.findIndex((fallen) => fallen >= surplus)
}

/** Nearly all rows are on a box that has no other. */
function apart(rows: RowBoxes): { readonly alone: number; readonly shared: RowBoxes } {
  const counts = new Map<number, number>()
  for (const row of rows) for (const box of row) counts.set(box, (counts.get(box) ?? 0) + 1)
  const shared = rows.filter((row) => row.length > 1 || counts.get(row[0] ?? -1) !== 1)
  return { alone: rows.length - shared.length, shared }
}

interface Linked {
  readonly boxes: readonly number[]
  readonly rows: RowBoxes
}

/** Boxes of different groups have no row in common. */
function linked(rows: RowBoxes): Linked[] {
  let groups: Linked[] = []
  for (const row of rows) {
    const near = groups.filter(({ boxes }) => row.some((box) => boxes.includes(box)))
    const boxes = [...new Set([...near.flatMap((one) => one.boxes), ...row])]
    groups = [
      ...groups.filter((one) => !near.includes(one)),
      { boxes, rows: [...near.flatMap((one) => one.rows), row] },
    ]
  }
  return groups
}

/** The most rows that fall with so many boxes of a group: [0] is 0, the last one is all of them. */
function mostFallen({ boxes, rows }: Linked): number[] {
  if (rows.length === 1) return [...boxes.map(() => 0), 1]
  if (boxes.length > LINKED_BOXES_MAX) return asIfAlone(boxes, rows)
  const most = Array.from({ length: boxes.length + 1 }, () => 0)
  const masks = rows.map((row) => row.reduce((mask, box) => mask | (1 << boxes.indexOf(box)), 0))
  for (let lost = 1; lost < 1 << boxes.length; lost++) {
    const fallen = masks.filter((mask) => (mask & lost) === mask).length
    const count = bitsOf(lost)
    most[count] = Math.max(most[count] ?? 0, fallen)
  }
  return most
}

function asIfAlone(boxes: readonly number[], rows: RowBoxes): number[] {
  const each = boxes.map((box) => rows.filter((row) => row.includes(box)).length).sort((a, b) => b - a)
  const most = [0]
  for (const count of each) most.push(Math.min(rows.length, (most.at(-1) ?? 0) + count))
  return most
}

/** Of two groups, however the boxes are shared out between them. */
function together(a: readonly number[], b: readonly number[]): number[] {
  const most = Array.from({ length: a.length + b.length - 1 }, () => 0)
  for (const [i, fallen] of a.entries()) {
    for (const [j, more] of b.entries()) most[i + j] = Math.max(most[i + j] ?? 0, fallen + more)
  }
  return most
}

function bitsOf(mask: number): number {
  let count = 0
  for (let left = mask; left !== 0; left &= left - 1) count++
  return count
}
