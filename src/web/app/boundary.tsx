/** What goes wrong while a screen is drawn: said, and the rest of the page stays. */
import { Component, type ReactNode } from 'react'
import { TroubleNote } from '../parts/trouble.tsx'

interface BoundaryProps {
  readonly children: ReactNode
}

export class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    // A part of a page of before the box was updated is not there any more: the new page is.
    if (error !== null) return <TroubleNote error={error} again={() => window.location.assign('/')} />
    return this.props.children
  }
}
