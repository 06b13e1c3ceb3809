/** Paths by their exact bytes, as addresses carry them; as people read them. Pure. */

/** Base64url of a path's bytes: names need not be UTF-8. */
export type PathCode = string

/** Of what is no such code: none. */
export function bytesFrom(code: string): Uint8Array {
  if (!/^[\w+/=-]*$/.test(code)) return new Uint8Array(0)
  const text = atob(code.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, ''))
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

export function codeFrom(bytes: Uint8Array): PathCode {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** As operations take it. */
export function base64From(code: PathCode): string {
  const text = code.replaceAll('-', '+').replaceAll('_', '/')
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** Some of them, as operations take them. */
export function savedPaths(codes: readonly PathCode[]): { readonly path: ''; readonly pathBytes: string }[] {
  return codes.map((code) => ({ path: '', pathBytes: base64From(code) }))
}

const SLASH = 0x2f

/** A name, base64 as the box says it, in a folder. */
export function joined(folder: PathCode, nameBytes: string): PathCode {
  const [before, name] = [bytesFrom(folder), bytesFrom(nameBytes)]
  if (before.length === 0) return codeFrom(name)
  return codeFrom(Uint8Array.from([...before, SLASH, ...name]))
}

export interface Step {
  readonly name: string
  readonly code: PathCode
}

/** The folders on the way, from the first. */
export function stepsOf(code: PathCode): Step[] {
  const bytes = bytesFrom(code)
  const steps: Step[] = []
  for (let from = 0; from < bytes.length; ) {
    const slash = bytes.indexOf(SLASH, from)
    const to = slash === -1 ? bytes.length : slash
    steps.push({ name: readable(bytes.subarray(from, to)), code: codeFrom(bytes.subarray(0, to)) })
    from = to + 1
  }
  return steps
}

function readable(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
