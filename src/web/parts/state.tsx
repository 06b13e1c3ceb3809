/** A state by its colour, its icon and its word: never by colour alone. */
import { useWords } from '../app/words.tsx'
import { Icon } from './icons.tsx'

const ICONS = {
  proved: ['CircleCheck', '--proved'],
  whole: ['Shield', '--whole'],
  protected: ['ShieldCheck', '--protected'],
  stored: ['Database', '--stored'],
  incomplete: ['AlertTriangle', '--incomplete'],
  unknown: ['CircleDashed', '--unknown'],
  ended: ['CircleMinus', '--none'],
  done: ['CircleCheck', '--proved'],
  partial: ['AlertTriangle', '--incomplete'],
  failed: ['CircleX', '--action'],
  cancelled: ['CircleMinus', '--none'],
  interrupted: ['AlertTriangle', '--incomplete'],
  running: ['Loader', '--protected'],
  waiting: ['Loader', '--none'],
  complete: ['CircleCheck', '--proved'],
  answers: ['CircleCheck', '--proved'],
  lent: ['CircleCheck', '--protected'],
  silent: ['AlertTriangle', '--action'],
} as const

export type ShownState = keyof typeof ICONS

export function State({ of, size = 16 }: { readonly of: ShownState; readonly size?: number }) {
  const { say } = useWords()
  const [icon, tone] = ICONS[of]
  return (
    <span className="state" style={{ color: `var(${tone})` }} data-state={of}>
      <Icon of={icon} size={size} isFilled={of === 'whole'} />
      {say.state[of]}
    </span>
  )
}
