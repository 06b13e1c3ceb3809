/**
 * Builds the console into dist/web, with a compressed copy beside each file, unless what is there is of these sources
 * already.
 *
 *     npm run build [-- --always]
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')
const out = join(root, 'dist/web')
const stamp = join(root, 'dist/web.built')
const COMPRESSED = /\.(?:html|js|css|svg)$/

function sourcesHash(): string {
  const hash = createHash('sha256')
  const files = globSync(['src/web/**', 'src/text/**', 'package-lock.json', 'scripts/build-web.ts'], {
    cwd: root,
    withFileTypes: true,
  })
  for (const path of files
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort()) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path))
  }
  return hash.digest('hex')
}

function isBuilt(hash: string): boolean {
  try {
    return readFileSync(stamp, 'utf8') === hash && globSync('index.html', { cwd: out }).length === 1
  } catch {
    return false
  }
}

function compress(path: string): void {
  const content = readFileSync(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}

const hash = sourcesHash()
if (process.argv.includes('--always') || !isBuilt(hash)) {
  await build({ configFile: join(root, 'src/web/vite.config.ts'), logLevel: 'warn' })
  for (const name of globSync('**/*', { cwd: out }).filter((one) => COMPRESSED.test(one) && one !== 'index.html')) {
    compress(join(out, name))
  }
  writeFileSync(stamp, hash)
}
