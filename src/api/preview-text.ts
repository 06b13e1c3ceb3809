/** Whether bytes are a text, and in which encoding: by what they are, never by their name. Pure. */

export interface PreviewText {
  /** In UTF-8. */
  readonly shown: Buffer
  /** Of the file: how many bytes are shown. */
  readonly bytes: number
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252'
}

/** Control characters that a log may hold: backspace, tab, line, page, return, the end of a file of DOS, escape. */
const OF_TEXT: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x1b])
/** What Windows-1252 has no character for. */
const NO_WINDOWS: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])
/** In French about one letter of twenty-five; more is another alphabet, or no text. */
const HIGH_PART_MAX = 1 / 4

const MARKS: ReadonlyMap<string, string> = new Map([
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
])

/** `isCut`: the file goes on after these bytes. Null: no text. */
export function textOf(beginning: Buffer, isCut: boolean): PreviewText | null {
  return utf16(beginning, isCut) ?? utf8(beginning, isCut) ?? windows(beginning)
}

/** With its mark only: without one any bytes could be it. */
function utf16(beginning: Buffer, isCut: boolean): PreviewText | null {
  const decoder = MARKS.get(beginning.toString('hex', 0, 2))
  if (decoder === undefined) return null
  const bytes = beginning.byteLength - (beginning.byteLength % 2)
  const text = decoded(decoder, beginning.subarray(0, bytes), isCut)
  if (text === null || hasControls(Uint16Array.from(text, (char) => char.charCodeAt(0)))) return null
  return { shown: Buffer.from(text), bytes, encoding: 'UTF-16' }
}

function utf8(beginning: Buffer, isCut: boolean): PreviewText | null {
  if (hasControls(beginning) || decoded('utf-8', beginning, isCut) === null) return null
  const shown = isCut ? wholeCharacters(beginning) : beginning
  return { shown, bytes: shown.byteLength, encoding: 'UTF-8' }
}

function windows(beginning: Buffer): PreviewText | null {
  if (hasControls(beginning) || beginning.some((byte) => NO_WINDOWS.has(byte))) return null
  const high = beginning.reduce((count, byte) => count + (byte > 0x7f ? 1 : 0), 0)
  if (high > HIGH_PART_MAX * beginning.byteLength) return null
  const text = new TextDecoder('windows-1252').decode(beginning)
  return { shown: Buffer.from(text), bytes: beginning.byteLength, encoding: 'Windows-1252' }
}

function hasControls(codes: Uint8Array | Uint16Array): boolean {
  return codes.some((code) => (code < 0x20 && !OF_TEXT.has(code)) || code === 0x7f)
}

/** Null: it is not in that encoding. A character may be cut where the text is. */
function decoded(encoding: string, bytes: Uint8Array, isCut: boolean): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut })
  } catch {
    return null
  }
}

/** Continuation bytes of UTF-8 are 10xxxxxx. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.byteLength - 1
  while (start >= 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--
  const lead = bytes[start] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return start + length > bytes.byteLength ? bytes.subarray(0, start) : bytes
}
