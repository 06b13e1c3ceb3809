import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { toHex } from '#base'
import { fragmentBytes, reconstruct } from './index.ts'
import { parityMatrix } from './matrix.ts'
import { reedSolomon } from './reed-solomon.ts'
import { bytesFromSeed, fragmentsOf, kernels } from './test-data.ts'

/** The golden bytes come from another program, in another language: see docs/formats/code.md. */
interface Vectors {
  matrices: { n: number; k: number; parityRows: string[] }[]
  stripes: { n: number; k: number; packBytes: number; fragmentBytes: number; fragments?: string[]; sha256?: string[] }[]
}

const file = new URL('../../test/vectors/coding/reed-solomon.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

for (const { n, k, parityRows } of vectors.matrices) {
  test(`the parity rows of RS(${n}, ${k}) stay what they are`, () => {
    assert.equal(toHex(parityMatrix({ n, k }).cells), parityRows.join(''))
  })
}

for (const { n, k, packBytes, fragmentBytes: expectedBytes, fragments, sha256 } of vectors.stripes) {
  for (const [name, multiplyRows] of kernels()) {
    test(`${name}: a pack of ${packBytes} bytes in RS(${n}, ${k}) has the fragments it always had`, () => {
      const bytes = fragmentBytes({ n, k }, packBytes)
      assert.equal(bytes, expectedBytes)
      const data = new Uint8Array(k * bytes)
      data.set(bytesFromSeed('datis', packBytes))
      const all = fragmentsOf(reedSolomon(multiplyRows), { n, k }, data)
      const hash = (fragment: Uint8Array): string => createHash('sha256').update(fragment).digest('hex')
      if (fragments !== undefined)
        assert.deepEqual(
          all.map((fragment) => toHex(fragment.bytes)),
          fragments,
        )
      if (sha256 !== undefined)
        assert.deepEqual(
          all.map((fragment) => hash(fragment.bytes)),
          sha256,
        )
      assert.equal(Buffer.compare(reconstruct({ n, k }, bytes, all.slice(n - k)), data), 0)
    })
  }
}
