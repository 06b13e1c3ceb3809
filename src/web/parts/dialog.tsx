import { Modal, type ModalProps } from '@mantine/core'
import { useId } from 'react'
import { useWords } from '../app/words.tsx'

/**
 * It does not hold the page behind it: that takes a style which the policy of the page refuses. Of two that are open
 * Escape closes the upper one.
 */
export function Dialog(props: ModalProps) {
  const { say } = useWords()
  return (
    <Modal
      centered
      lockScroll={false}
      stackId={useId()}
      closeButtonProps={{ 'aria-label': say.action.close }}
      {...props}
    />
  )
}
