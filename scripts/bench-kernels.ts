/**
 * Prints how fast the hot loops are through their doors, copies included: decimal GB of data (the pack, the file) a
 * second, the median of several turns on one core. `node scripts/bench-kernels.ts [turns]`
 */
import { randomBytes } from 'node:crypto'
import { createChunker } from '#chunking'
import { type Code, encodeParity, type Fragment, fragmentBytes, reconstruct } from '#coding'

const PACK_BYTES = 16 * 1024 * 1024
const TURN_MS = 200
const turns = Number(process.argv[2] ?? 7)

const CODES: readonly Code[] = [
  { n: 4, k: 2 },
  { n: 12, k: 8 },
  { n: 48, k: 32 },
]

function measure(what: string, bytes: number, work: () => unknown): void {
  const rates: number[] = []
  work()
  for (let turn = 0; turn < turns; turn++) {
    const start = performance.now()
    let rounds = 0
    let elapsedMs = 0
    while (elapsedMs < TURN_MS) {
      work()
      rounds++
      elapsedMs = performance.now() - start
    }
    rates.push((rounds * bytes) / elapsedMs / 1e6)
  }
  rates.sort((a, b) => a - b)
  const median = rates[turns >> 1] ?? 0
  process.stdout.write(`${what.padEnd(48)} ${median.toFixed(2)} GB/s (best ${(rates.at(-1) ?? 0).toFixed(2)})\n`)
}

/** The worst case: as many data fragments missing as the code allows. */
function worstCase(code: Code, data: Uint8Array, parity: Uint8Array): Fragment[] {
  const bytes = data.byteLength / code.k
  const all = Array.from({ length: code.n }, (_, row) => {
    const [from, index] = row < code.k ? [data, row] : [parity, row - code.k]
    return { row, bytes: from.subarray(index * bytes, (index + 1) * bytes) }
  })
  return all.slice(code.n - code.k)
}

for (const code of CODES) {
  const bytes = fragmentBytes(code, PACK_BYTES)
  const data = randomBytes(code.k * bytes)
  const parity = encodeParity(code, data)
  const have = worstCase(code, data, parity)
  const into = new Uint8Array(data.byteLength)
  const name = `RS(${code.n}, ${code.k})`
  measure(`${name} encode, memory used again`, PACK_BYTES, () => encodeParity(code, data, parity))
  measure(`${name} encode, fresh memory`, PACK_BYTES, () => encodeParity(code, data))
  measure(`${name} worst reconstruct, memory used again`, PACK_BYTES, () => reconstruct(code, bytes, have, into))
  measure(`${name} worst reconstruct, fresh memory`, PACK_BYTES, () => reconstruct(code, bytes, have))
}

const chunker = createChunker(randomBytes(32))
const buffer = randomBytes(PACK_BYTES)
measure('chunker, sizes of production', PACK_BYTES, () => chunker.cut(buffer, true))
const small = createChunker(randomBytes(32), { minBytes: 256, averageBytes: 1024, maxBytes: 4096 })
measure('chunker, sizes of the simulation', PACK_BYTES, () => small.cut(buffer, true))
