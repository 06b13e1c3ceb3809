import { Modal, type ModalProps } from '@mantine/core'
import { useFocusReturn } from '@mantine/hooks'
import { useId } from 'react'
import { useWords } from '../app/words.tsx'

/**
 * It does not hold the page behind it: that takes a style which the policy of the page refuses. Of two that are open
 * Escape closes the upper one.
 */
export function Dialog(props: ModalProps) {
  const { say } = useWords()
  // In a stack Mantine forgets who has opened it.
  useFocusReturn({ opened: props.opened })
  return (
    <Modal
      centered
      lockScroll={false}
      returnFocus={false}
      stackId={useId()}
      closeButtonProps={{ 'aria-label': say.action.close }}
      {...props}
    />
  )
}
