/** The ring of the community: our box in the middle, an arc a member, as wide as what it holds of us. Pure. */

export interface RingMember {
  readonly id: string
  readonly name: string
  readonly fragments: number
  /** `holds`, `asked`: of a box that is being rebuilt. */
  readonly state: 'answers' | 'lent' | 'silent' | 'holds' | 'asked'
}

export interface RingArc extends RingMember {
  /** An SVG path in a box of 200 × 200. */
  readonly path: string
  /** Where its name stands. */
  readonly x: number
  readonly y: number
}

const CENTRE = 100
const RADIUS = 74
const GAP = 0.06
const LEAST = 0.18

export function ringOf(members: readonly RingMember[]): RingArc[] {
  const total = members.reduce((sum, { fragments }) => sum + fragments, 0)
  const shares = members.map(({ fragments }) => (total === 0 ? 1 / members.length : fragments / total))
  const widths = spread(shares, 2 * Math.PI - GAP * members.length)
  let from = -Math.PI / 2
  return members.map((member, index) => {
    const width = widths[index] ?? 0
    const arc = { ...member, path: pathOf(from, from + width), ...pointAt(from + width / 2, RADIUS + 18) }
    from += width + GAP
    return arc
  })
}

/** Each share of the angle, none too small to be seen. */
function spread(shares: readonly number[], angle: number): number[] {
  const least = Math.min(LEAST, angle / shares.length)
  const rest = angle - least * shares.length
  return shares.map((share) => least + share * rest)
}

function pathOf(from: number, to: number): string {
  const [a, b] = [pointAt(from, RADIUS), pointAt(to, RADIUS)]
  const isLarge = to - from > Math.PI ? 1 : 0
  return `M ${a.x} ${a.y} A ${RADIUS} ${RADIUS} 0 ${isLarge} 1 ${b.x} ${b.y}`
}

function pointAt(angle: number, radius: number): { x: number; y: number } {
  const round = (value: number): number => Math.round(value * 100) / 100
  return { x: round(CENTRE + radius * Math.cos(angle)), y: round(CENTRE + radius * Math.sin(angle)) }
}
