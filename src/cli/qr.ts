import { renderUnicodeCompact } from 'uqr'

/** The text as a QR code of half blocks with a quiet border; nothing where it would not fit into the width. */
export function qrLines(text: string, columns: number): string[] {
  const lines = renderUnicodeCompact(text, { border: 2 }).split('\n')
  return lines.every((line) => line.length <= columns) ? [...lines, ''] : []
}
