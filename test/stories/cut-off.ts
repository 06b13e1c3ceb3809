/** What of a page people cannot see. */
import type { Page } from 'playwright-core'

export async function cutOff(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(CUT_OFF)
}

/**
 * Runs in the page. Text that ends in dots on purpose says so by `data-truncate`, what
 * may be moved to the side in its frame is not cut off, and what has one pixel is for those who listen.
 */
const CUT_OFF = `(() => {
  const faults = []
  const root = document.documentElement
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const words = text.data.trim()
    const parent = text.parentElement
    if (words === '' || parent === null || parent.closest('script, style, noscript, [data-truncate], .skip, [inert]') !== null) continue
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const { left, right, width } = range.getBoundingClientRect()
    if (width === 0) continue
    let isMovable = false
    for (let frame = parent; frame !== null && frame !== document.body; frame = frame.parentElement) {
      const { overflowX } = getComputedStyle(frame)
      const box = frame.getBoundingClientRect()
      if (box.width <= 1 || overflowX === 'auto' || overflowX === 'scroll') { isMovable = true; break }
      if (overflowX !== 'visible' && (left < box.left - 1 || right > box.right + 1)) faults.push('cut off: ' + words)
    }
    if (!isMovable && (left < -1 || right > root.clientWidth + 1)) faults.push('outside of the window: ' + words)
  }
  const over = root.scrollWidth - root.clientWidth
  if (over > 0 && faults.length === 0) faults.push('it is ' + over + ' px wider than the window')
  return faults
})()`
