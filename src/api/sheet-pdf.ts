/** The recovery sheet as one page of A4 that people print and read under stress. */
import { fileURLToPath } from 'node:url'
import PdfDocument from 'pdfkit'
import { encode } from 'uqr'
import { wordsIn } from '#text'
import type { Sheet } from './routes-sheet.ts'

const PAGE = { width: 595.28, height: 841.89, margin: 48 } as const
const INNER = PAGE.width - 2 * PAGE.margin
const INK = '#0f1e3d'
const PETROL = '#0b6e75'
const GREY = '#5b6680'
const HAIR = '#c9d0dc'
const COLUMNS = 4
const GAP = 14
const ROWS = 6
const ROW_POINTS = 27
const QR_POINTS = 122
/** Four modules, which scanners want empty around it. */
const QUIET_POINTS = 12
/** Always at the same place, whatever stands above. */
const WORST_TOP = 614
/** To write by hand. */
const EMPTY_LINES = 3

/** Of Inter, which comes in parts: names of people may be of any. */
const PARTS = [
  ['latin', /[\u0020-\u00ff\u0131\u0152\u0153\u02c6\u02da\u02dc\u2010-\u2027\u202f-\u205e\u20ac\u2122\u2212]/],
  ['latin-ext', /[\u0100-\u024f\u1e00-\u1eff]/],
  ['greek', /[\u0370-\u03ff]/],
  ['cyrillic', /[\u0400-\u045f\u0490\u0491\u2116]/],
] as const
type Part = (typeof PARTS)[number][0]
const WEIGHTS = [400, 600] as const
type Weight = (typeof WEIGHTS)[number]

interface Style {
  readonly size: number
  readonly weight?: Weight
  readonly colour?: string
  readonly width?: number
}

export async function sheetPdf(sheet: Sheet): Promise<Buffer> {
  const page = new Page(sheet)
  page.draw()
  return await page.bytes()
}

class Page {
  readonly #doc: PDFKit.PDFDocument
  readonly #sheet: Sheet
  readonly #say
  readonly #formats
  readonly #chunks: Buffer[] = []

  constructor(sheet: Sheet) {
    const { say, formats } = wordsIn(sheet.language)
    this.#say = say.sheet
    this.#formats = formats
    this.#sheet = sheet
    this.#doc = new PdfDocument({
      size: 'A4',
      margin: 0,
      lang: sheet.language,
      info: { Title: `${say.sheet.title} · ${sheet.box.name}`, Creator: 'Datis', CreationDate: new Date(sheet.made) },
    })
    this.#doc.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    for (const weight of WEIGHTS) {
      for (const [part] of PARTS) this.#doc.registerFont(`${part} ${weight}`, fontPath(part, weight))
    }
  }

  async bytes(): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#doc.on('end', resolve)
    this.#doc.end()
    await promise
    return Buffer.concat(this.#chunks)
  }

  draw(): void {
    this.#contacts(this.#facts(this.#words(this.#head())))
    this.#worst(WORST_TOP)
    this.#foot()
  }

  #head(): number {
    const { margin, width } = PAGE
    this.#doc.rect(0, 0, width, 6).fill(PETROL)
    this.#text('DATIS', margin, 36, { size: 9, weight: 600, colour: PETROL })
    this.#text(this.#say.title, margin, 50, { size: 26, weight: 600 })
    this.#text(this.#say.lead, margin, 88, { size: 10.5, colour: GREY })
    return 116
  }

  #words(top: number): number {
    const { margin } = PAGE
    this.#heading(this.#say.words, top)
    const first = top + 22
    const column = (INNER - (COLUMNS - 1) * GAP) / COLUMNS
    for (const [index, word] of this.#sheet.words.entries()) {
      const x = margin + Math.floor(index / ROWS) * (column + GAP)
      const y = first + (index % ROWS) * ROW_POINTS
      this.#text(String(index + 1), x, y + 10.5, { size: 8, weight: 600, colour: PETROL })
      this.#text(word, x + 19, y + 6, { size: 13.5, weight: 600, width: column - 19 })
      this.#hair(x, y + ROW_POINTS, column)
    }
    return first + ROWS * ROW_POINTS + 20
  }

  #facts(top: number): number {
    const { organisation, box, community, made, zone } = this.#sheet
    const { margin, width } = PAGE
    this.#heading(this.#say.facts, top)
    const rows: readonly (readonly [string, string])[] = [
      [this.#say.organisation, organisation.name],
      [this.#say.key, grouped(organisation.id)],
      [this.#say.box, box.name],
      [this.#say.boxId, grouped(box.id)],
      [this.#say.community, community === null ? this.#say.noCommunity : grouped(community)],
      [this.#say.date, this.#formats.instant(Temporal.Instant.fromEpochMilliseconds(made).toString(), zone)],
    ]
    let y = top + 22
    const room = INNER - QR_POINTS - 24
    for (const [name, value] of rows) {
      this.#text(name, margin, y, { size: 9, colour: GREY })
      const lines = broken(value, 39)
      for (const [line, text] of lines.entries()) {
        this.#text(text, margin + 92, y + line * 12, { size: 9, width: room - 92 })
      }
      y += 5 + lines.length * 12
    }
    this.#qr(width - margin - QR_POINTS, top + 4)
    this.#text(this.#say.qr, width - margin - QR_POINTS, top + QR_POINTS + 4 + QUIET_POINTS, {
      size: 7.5,
      colour: GREY,
    })
    return Math.max(y, top + QR_POINTS + 15 + QUIET_POINTS) + 12
  }

  /** As rectangles, so that it stays sharp on every printer. */
  #qr(x: number, y: number): void {
    const { data, size } = encode(plainCapitals(this.#sheet.words), { ecc: 'M', border: 0 })
    const module = QR_POINTS / size
    for (const [row, cells] of data.entries()) {
      for (const [at, isDark] of cells.entries()) {
        // A little over its edge: viewers show no seams.
        if (isDark) this.#doc.rect(x + at * module, y + row * module, module + 0.05, module + 0.05)
      }
    }
    this.#doc.fill(INK)
  }

  #contacts(top: number): void {
    const { margin } = PAGE
    const { contacts } = this.#sheet
    this.#heading(this.#say.contacts, top)
    const hint = contacts.length === 0 ? this.#say.contactsToWrite : this.#say.contactsHint
    this.#text(hint, margin, top + 19, { size: 8.5, colour: GREY })
    let y = top + 36
    for (const { name, address, fingerprint } of contacts) {
      this.#text(name, margin, y, { size: 9, weight: 600, width: 118 })
      this.#text(address, margin + 124, y, { size: 9, width: 150 })
      for (const [line, text] of broken(grouped(fingerprint), 39).entries()) {
        this.#text(text, margin + 280, y + 0.5 + line * 9, { size: 7, colour: GREY })
      }
      this.#hair(margin, y + 20, INNER)
      y += 25
    }
    if (contacts.length > 0) return
    for (let line = 1; line <= EMPTY_LINES; line++) this.#hair(margin, y + line * 22, INNER)
  }

  #worst(top: number): void {
    const { margin } = PAGE
    this.#heading(this.#say.worst, top)
    let y = top + 24
    for (const [index, [act, how]] of this.#say.steps.entries()) {
      this.#doc.circle(margin + 8, y + 8, 8).fill(PETROL)
      this.#doc.font('latin 600').fontSize(9).fillColor('#ffffff')
      this.#doc.text(String(index + 1), margin, y + 2.8, { width: 16, align: 'center', lineBreak: false })
      this.#text(act, margin + 26, y - 1.5, { size: 10, weight: 600 })
      this.#text(how, margin + 26, y + 11, { size: 8.5, colour: GREY })
      y += 29
    }
  }

  #foot(): void {
    const y = PAGE.height - 40
    this.#hair(PAGE.margin, y - 8, INNER)
    this.#text(this.#say.keep, PAGE.margin, y, { size: 8.5, weight: 600, colour: PETROL })
  }

  #heading(text: string, y: number): void {
    this.#text(text, PAGE.margin, y, { size: 11, weight: 600, colour: PETROL })
  }

  #hair(x: number, y: number, width: number): void {
    this.#doc
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(0.5)
      .stroke(HAIR)
  }

  /** One line, cut where it would not fit; `y` is its upper edge. */
  #text(text: string, x: number, y: number, { size, weight = 400, colour = INK, width = INNER }: Style): void {
    let at = x
    for (const { part, run } of runsOf(this.#fitting(text.normalize('NFC'), size, weight, width))) {
      this.#doc.font(`${part} ${weight}`).fontSize(size).fillColor(colour)
      this.#doc.text(run, at, y, { lineBreak: false })
      at += this.#doc.widthOfString(run)
    }
  }

  #fitting(text: string, size: number, weight: Weight, width: number): string {
    const characters = [...text]
    const widthOf = (count: number): number =>
      runsOf(characters.slice(0, count).join(''))
        .map(({ part, run }) => this.#doc.font(`${part} ${weight}`).fontSize(size).widthOfString(run))
        .reduce((sum, one) => sum + one, 0)
    if (widthOf(characters.length) <= width) return text
    let count = characters.length
    while (count > 0 && widthOf(count) > width - size) count--
    return `${characters.slice(0, count).join('')}…`
  }
}

/** As a QR code has them in the fewest modules, and no scanner mistakes them; accents and case do not count. */
function plainCapitals(words: readonly string[]): string {
  return words.join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
}

function fontPath(part: Part, weight: Weight): string {
  return fileURLToPath(import.meta.resolve(`@fontsource/inter/files/inter-${part}-${weight}-normal.woff`))
}

/** Of characters of one part each; what none has becomes a question mark. */
function runsOf(text: string): { part: Part; run: string }[] {
  const runs: { part: Part; run: string }[] = []
  for (const character of text) {
    const part = PARTS.find(([, has]) => has.test(character))?.[0]
    const last = runs.at(-1)
    if (last !== undefined && last.part === (part ?? 'latin')) last.run += part === undefined ? '?' : character
    else runs.push({ part: part ?? 'latin', run: part === undefined ? '?' : character })
  }
  return runs
}

/** Hex as people compare it. */
function grouped(hex: string): string {
  return (hex.match(/.{1,4}/g) ?? []).join(' ')
}

/** Groups in lines of so many characters at most. */
function broken(text: string, most: number): string[] {
  if (!/^[0-9a-f ]{41,}$/.test(text)) return [text]
  const lines: string[] = []
  for (const group of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + group.length <= most) lines[lines.length - 1] = `${last} ${group}`
    else lines.push(group)
  }
  return lines
}
