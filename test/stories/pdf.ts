/** A PDF as a viewer understands it: its texts and dark squares, with their places on the page. For pages that pdfkit made. */
import assert from 'node:assert/strict'
import { inflateSync } from 'node:zlib'

/** Points, from the upper left corner of the page. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}
export interface DrawnText extends Box {
  readonly text: string
}
export interface DrawnPage extends Box {
  readonly texts: readonly DrawnText[]
  /** What is filled and has about as much height as width. */
  readonly squares: readonly Box[]
}

type Matrix = readonly [number, number, number, number, number, number]
const SAME: Matrix = [1, 0, 0, 1, 0, 0]
/** Of the size of a font: how far letters reach above and below their line. */
const ASCENT = 0.73
const DESCENT = 0.2
const SQUARE_POINTS = 0.1

interface Font {
  readonly letters: ReadonlyMap<number, string>
  readonly widths: readonly number[]
}

export function readPdf(pdf: Buffer): DrawnPage[] {
  const objects = objectsOf(pdf)
  const pages = [...objects.values()].filter(({ said }) => /\/Type \/Page\b/.test(said))
  return pages.map(({ said }) => {
    const [, , width = 0, height = 0] = numbersIn(/\/MediaBox \[([^\]]*)\]/.exec(said)?.[1] ?? '')
    const content = must(objects, /\/Contents (\d+) 0 R/.exec(said)?.[1]).bytes.toString('latin1')
    const resources = must(objects, /\/Resources (\d+) 0 R/.exec(said)?.[1]).said
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id]) => [name, fontOf(objects, id)] as const),
    )
    return { left: 0, top: 0, right: width, bottom: height, ...drawn(content, fonts, height) }
  })
}

interface PdfObject {
  readonly said: string
  readonly bytes: Buffer
}
type Objects = ReadonlyMap<string, PdfObject>

function objectsOf(pdf: Buffer): Objects {
  const text = pdf.toString('latin1')
  const objects = new Map<string, PdfObject>()
  for (const { index, 0: head, 1: id = '' } of text.matchAll(/^(\d+) 0 obj\n/gm)) {
    const from = index + head.length
    const said = text.slice(from, text.indexOf('\nendobj', from))
    const stream = said.indexOf('\nstream\n')
    if (stream === -1) {
      objects.set(id, { said, bytes: Buffer.alloc(0) })
      continue
    }
    const dictionary = said.slice(0, stream)
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1])
    const raw = pdf.subarray(from + stream + 8, from + stream + 8 + length)
    objects.set(id, { said: dictionary, bytes: dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw })
  }
  return objects
}

function must(objects: Objects, id: string | undefined): PdfObject {
  const found = objects.get(id ?? '')
  assert.ok(found, `the PDF has no object ${id}`)
  return found
}

function numbersIn(text: string): number[] {
  return (text.match(/-?[\d.]+/g) ?? []).map(Number)
}

function fontOf(objects: Objects, id: string | undefined): Font {
  const { said } = must(objects, id)
  const below = must(objects, /\/DescendantFonts \[(\d+) 0 R/.exec(said)?.[1]).said
  const unicode = must(objects, /\/ToUnicode (\d+) 0 R/.exec(said)?.[1]).bytes.toString('latin1')
  const letters = new Map<number, string>()
  for (const [, first = '', list = ''] of unicode.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    for (const [at, [, hex = '']] of [...list.matchAll(/<([\w ]*)>/g)].entries()) {
      letters.set(Number.parseInt(first, 16) + at, Buffer.from(hex, 'hex').swap16().toString('utf16le'))
    }
  }
  return { letters, widths: numbersIn(/\/W \[0 \[([^\]]*)\]/.exec(below)?.[1] ?? '') }
}

/** Plays what the page says: PDF 32000-1:2008, 8.2. */
function drawn(content: string, fonts: ReadonlyMap<string, Font>, height: number) {
  const pen = new Pen(fonts, height)
  let given: string[] = []
  for (const [token] of content.matchAll(/\[[^\]]*\]|<[^>]*>|[^\s[\]<>]+/g)) {
    if (/^[[</\-.\d]/.test(token)) {
      given.push(token)
      continue
    }
    pen.act(token, given)
    given = []
  }
  return { texts: pen.texts, squares: pen.squares }
}

class Pen {
  readonly texts: DrawnText[] = []
  readonly squares: Box[] = []
  readonly #fonts: ReadonlyMap<string, Font>
  readonly #height: number
  readonly #kept: Matrix[] = []
  #page: Matrix = SAME
  #line: Matrix = SAME
  #font: Font | undefined
  #size = 0
  #path: Box[] = []

  constructor(fonts: ReadonlyMap<string, Font>, height: number) {
    this.#fonts = fonts
    this.#height = height
  }

  act(operator: string, given: readonly string[]): void {
    const [x = 0, y = 0, width = 0, height = 0] = given.map(Number)
    switch (operator) {
      case 'q':
        this.#kept.push(this.#page)
        break
      case 'Q':
        this.#page = this.#kept.pop() ?? SAME
        break
      case 'cm':
        this.#page = times(matrixOf(given), this.#page)
        break
      case 'Tm':
        this.#line = matrixOf(given)
        break
      case 'Tf':
        this.#font = this.#fonts.get(given[0]?.slice(1) ?? '')
        this.#size = Number(given[1])
        break
      case 'TJ':
        this.#write(given.join(' '))
        break
      case 're':
        this.#path.push(this.#placed(this.#page, x, y, x + width, y + height))
        break
      case 'f':
        this.squares.push(
          ...this.#path.filter((one) => Math.abs(one.right - one.left - (one.bottom - one.top)) < SQUARE_POINTS),
        )
        this.#path = []
        break
      case 'S':
        this.#path = []
    }
  }

  #write(told: string): void {
    assert.ok(this.#font, 'a text has a font')
    const { text, width } = shown(this.#font, told, this.#size)
    const matrix = times(this.#line, this.#page)
    this.texts.push({ text, ...this.#placed(matrix, 0, -DESCENT * this.#size, width, ASCENT * this.#size) })
  }

  #placed(matrix: Matrix, left: number, bottom: number, right: number, top: number): Box {
    const [a, b] = [applied(matrix, left, bottom), applied(matrix, right, top)]
    const [y1, y2] = [this.#height - a.y, this.#height - b.y]
    return { left: Math.min(a.x, b.x), right: Math.max(a.x, b.x), top: Math.min(y1, y2), bottom: Math.max(y1, y2) }
  }
}

/** `[<0001> 120 <0002>] `: letters, and how far they move together in thousandths. */
function shown({ letters, widths }: Font, told: string, size: number): { text: string; width: number } {
  let [text, width] = ['', 0]
  for (const [, hex, back] of told.matchAll(/<(\w+)>|(-?[\d.]+)/g)) {
    if (hex === undefined) {
      width -= Number(back)
      continue
    }
    for (const [glyph] of hex.matchAll(/.{4}/g)) {
      const id = Number.parseInt(glyph, 16)
      text += letters.get(id) ?? '\ufffd'
      width += widths[id] ?? 0
    }
  }
  return { text, width: (width * size) / 1000 }
}

function matrixOf(given: readonly string[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = given.map(Number)
  return [a, b, c, d, e, f]
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

function applied([a, b, c, d, e, f]: Matrix, x: number, y: number): { x: number; y: number } {
  return { x: a * x + c * y + e, y: b * x + d * y + f }
}
