import { printable } from './printable.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const GAP = '  '
/** Made for the first table: it takes as long as a tenth of a command. */
let graphemes: Intl.Segmenter | undefined

/** Aligned columns with a line of titles. Cells are made printable; the last column is never padded. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows].map((cells) => cells.map(printable))
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ''))))
  return lines.map((cells) =>
    columns
      .map(({ align }, column) => pad(cells[column] ?? '', widths[column] ?? 0, align))
      .join(GAP)
      .trimEnd(),
  )
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blank = ' '.repeat(width - widthOf(text))
  return align === 'right' ? blank + text : text + blank
}

function widthOf(text: string): number {
  graphemes ??= new Intl.Segmenter()
  return [...graphemes.segment(text)].length
}
