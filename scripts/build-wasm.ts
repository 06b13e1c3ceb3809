/**
 * Compiles the AssemblyScript of the hot loops into the .wasm files beside their layers, which are committed: a box
 * needs no compiler. `node scripts/build-wasm.ts`; a test builds them again and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

export interface WasmModule {
  readonly source: string
  readonly output: string
  readonly memoryPages: number
  readonly features: readonly string[]
}

const RELAXED = ['relaxed-simd']

/** Memory of the modules: what reed-solomon-wasm.ts and gear-wasm.ts lay out, in pages of 64 KiB. */
export const WASM_MODULES: readonly WasmModule[] = [
  reedSolomon('reed-solomon.wasm', []),
  reedSolomon('reed-solomon-relaxed.wasm', RELAXED),
  { source: 'src/chunking/assembly/gear.ts', output: 'src/chunking/gear.wasm', memoryPages: 3, features: [] },
]

function reedSolomon(name: string, features: readonly string[]): WasmModule {
  return { source: 'src/coding/assembly/reed-solomon.ts', output: `src/coding/${name}`, memoryPages: 16, features }
}

const root = fileURLToPath(new URL('..', import.meta.url))

export async function compileWasm({ source, output, memoryPages, features }: WasmModule): Promise<Uint8Array> {
  const files = new Map<string, Uint8Array | string>()
  const pages = String(memoryPages)
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', pages, '--maximumMemory', pages]
  const enable = ['simd', ...features].flatMap((feature) => ['--enable', feature])
  const { error, stderr } = await asc.main([source, '--outFile', output, '--baseDir', root, ...options, ...enable], {
    readFile: readSource,
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => null,
  })
  const bytes = files.get(output)
  if (error !== null || !(bytes instanceof Uint8Array))
    throw new Error(`${source}: ${stderr.toString()}`, { cause: error })
  return bytes
}

/** The compiler asks for names that need not be there; `null` is its word for that. */
function readSource(name: string, folder: string): string | null {
  try {
    return readFileSync(`${folder}/${name}`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

if (import.meta.main) {
  for (const module of WASM_MODULES) {
    const bytes = await compileWasm(module)
    writeFileSync(`${root}/${module.output}`, bytes)
    process.stdout.write(`${module.output}: ${bytes.byteLength} bytes\n`)
  }
}
