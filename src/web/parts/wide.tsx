/** What may be wider than its place: then, and only then, the keyboard reaches it to move it. */
import { type ReactNode, useEffect, useRef, useState } from 'react'

export function Wide({ children }: { readonly children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null)
  const [isCut, setCut] = useState(false)
  useEffect(() => {
    const { current } = frame
    if (current === null) return
    const look = () => setCut(current.scrollWidth > current.clientWidth)
    const observer = new ResizeObserver(look)
    observer.observe(current)
    if (current.firstElementChild !== null) observer.observe(current.firstElementChild)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={frame} className="wide" {...(isCut && { tabIndex: 0 })}>
      {children}
    </div>
  )
}
