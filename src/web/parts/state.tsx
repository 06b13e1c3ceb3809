/** A state by its colour, its icon and its word: never by colour alone. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconDatabase,
  IconLoader,
  IconShieldCheck,
  IconShieldFilled,
} from '@tabler/icons-react'
import { useWords } from '../app/words.tsx'

const ICONS = {
  proved: [IconCircleCheck, '--proved'],
  whole: [IconShieldFilled, '--whole'],
  protected: [IconShieldCheck, '--protected'],
  stored: [IconDatabase, '--stored'],
  incomplete: [IconAlertTriangle, '--incomplete'],
  unknown: [IconCircleDashed, '--unknown'],
  ended: [IconCircleMinus, '--none'],
  done: [IconCircleCheck, '--proved'],
  failed: [IconCircleX, '--action'],
  cancelled: [IconCircleMinus, '--none'],
  interrupted: [IconAlertTriangle, '--incomplete'],
  running: [IconLoader, '--protected'],
  waiting: [IconLoader, '--none'],
  complete: [IconCircleCheck, '--proved'],
  answers: [IconCircleCheck, '--proved'],
  lent: [IconCircleCheck, '--protected'],
  silent: [IconAlertTriangle, '--action'],
} as const

export type ShownState = keyof typeof ICONS

export function State({ of, size = 16 }: { readonly of: ShownState; readonly size?: number }) {
  const { say } = useWords()
  const [Icon, tone] = ICONS[of]
  return (
    <span className="state" style={{ color: `var(${tone})` }} data-state={of}>
      <Icon size={size} aria-hidden />
      {say.state[of]}
    </span>
  )
}
