/** Moves what lies in a frame that scrolls, never the page around it, so that one thing of it is seen. */
export function showWithin(frame: HTMLElement | null, selector: string): void {
  const one = frame?.querySelector(selector)
  if (frame === null || one === null || one === undefined) return
  const [outer, inner] = [frame.getBoundingClientRect(), one.getBoundingClientRect()]
  if (inner.top < outer.top || inner.bottom > outer.bottom) frame.scrollTop += inner.top - outer.top
  if (inner.left < outer.left || inner.right > outer.right) frame.scrollLeft += inner.left - outer.left
}
