import { useWords } from '../app/words.tsx'
import { type RingMember, ringOf } from './ring.ts'

const TONES = {
  answers: 'var(--protected)',
  lent: 'var(--protected)',
  silent: 'var(--action)',
  holds: 'var(--proved)',
  asked: 'var(--unknown)',
} as const
const SIGNS = { answers: '', lent: '', silent: '✕ ', holds: '✓ ', asked: '… ' } as const
const DASHES: Partial<Record<RingMember['state'], string>> = { silent: '3 4', asked: '1 3' }

/** More names would lie over one another; who does not answer is named always. */
const NAMED_MAX = 18

interface RingProps {
  readonly members: readonly RingMember[]
  readonly centre: { readonly figure: string; readonly words: string }
  /** By pointer; whoever uses a keyboard has the same elsewhere. */
  onPick?(id: string): void
}

export function Ring({ members, centre, onPick }: RingProps) {
  const { say } = useWords()
  const silent = members.filter(({ state }) => state === 'silent').length
  return (
    <svg viewBox="-40 -10 280 220" role="img" aria-label={say.ring.label(members.length, silent)} width="100%">
      <circle cx={100} cy={100} r={44} fill="none" stroke="var(--hairline)" />
      <text x={100} y={100} textAnchor="middle" fontSize={22} fontWeight={600} fill="var(--ink)">
        {centre.figure}
      </text>
      <text x={100} y={116} textAnchor="middle" fontSize={9} fill="var(--quiet)">
        {centre.words}
      </text>
      {ringOf(members).map(({ id, name, state, path, x, y }) => (
        <g
          key={id}
          data-member={name}
          data-state={state}
          {...(onPick !== undefined && { onClick: () => onPick(id), style: { cursor: 'pointer' } })}
        >
          <path d={path} fill="none" stroke={TONES[state]} strokeWidth={12} strokeDasharray={DASHES[state]} />
          {(members.length <= NAMED_MAX || state === 'silent') && (
            <text
              x={x}
              y={y + 3}
              fontSize={9}
              fill="var(--ink)"
              textAnchor={Math.abs(x - 100) < 20 ? 'middle' : x > 100 ? 'start' : 'end'}
            >
              {`${SIGNS[state]}${shown(name)}`}
            </text>
          )}
        </g>
      ))}
    </svg>
  )
}

/** How many may fall; null: not known. Below 0 those that answer are too few. */
export function useMarginCentre(margin: number | null): RingProps['centre'] {
  const { say, formats } = useWords()
  return { figure: margin === null ? '–' : formats.number(Math.max(0, margin)), words: say.ring.margin }
}

function shown(name: string): string {
  return name.length > 12 ? `${name.slice(0, 11)}…` : name
}
