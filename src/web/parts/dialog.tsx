import { Modal, type ModalProps } from '@mantine/core'
import { useWords } from '../app/words.tsx'

/** It does not hold the page behind it: that takes a style which the policy of the page refuses. */
export function Dialog(props: ModalProps) {
  const { say } = useWords()
  return <Modal centered lockScroll={false} closeButtonProps={{ 'aria-label': say.action.close }} {...props} />
}
