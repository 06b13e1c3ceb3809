/**
 * A path or a name as the system keeps it: bytes, held one byte a character (latin1), so that names that are not
 * UTF-8 survive and joining, comparing and sorting are those of strings.
 */
export type BytePath = string & { readonly BytePath: unique symbol }

/** From what a person typed (UTF-8). */
export function pathFromText(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1') as BytePath
}

export function pathFromBytes(bytes: Uint8Array): BytePath {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as BytePath
}

export function pathToBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}

/** For people: UTF-8, with U+FFFD where the bytes are not; `pathBytes` in base64 goes beside it in JSON. */
export function pathToText(path: BytePath): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}

export function joinPath(folder: BytePath, ...names: string[]): BytePath {
  return [folder === '/' ? '' : folder, ...names].join('/') as BytePath
}

/** The part before the last slash: `/` for `/a`. */
export function parentOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf('/')
  return (slash <= 0 ? '/' : path.slice(0, slash)) as BytePath
}

export function nameOf(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf('/') + 1) as BytePath
}
