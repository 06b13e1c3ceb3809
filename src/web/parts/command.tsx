/** What does it, typed on the box. */
import { Code } from '@mantine/core'

export function Command({ children }: { readonly children: string }) {
  return (
    <Code block bg="var(--paper)" mt={4} className="command">
      {children}
    </Code>
  )
}
