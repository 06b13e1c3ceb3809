/** JSON from strangers: small, shallow, and of an object. */
import { DatisError } from '#base'

const DEPTH_MAX = 32
export const BODY_BYTES_MAX = 1024 * 1024

/** BODY_INVALID, BODY_TOO_DEEP */
export function parseBody(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX)
    throw new DatisError('BODY_TOO_DEEP', 'A message is nested too deeply.', { most: DEPTH_MAX })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DatisError('BODY_INVALID', 'A message is no JSON.', {}, { cause })
  }
}

/** Before it is parsed: brackets outside of strings. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') {
      inString = true
    } else if (char === '{' || char === '[') {
      deepest = Math.max(deepest, ++depth)
    } else if (char === '}' || char === ']') {
      depth--
    }
  }
  return deepest
}
