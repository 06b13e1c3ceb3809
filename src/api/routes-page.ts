/** The console in the browser: the files that `npm run build` made of src/web. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DatisError, type Random } from '#base'
import type { ApiDeps } from './deps.ts'
import type { Routes } from './routes-account.ts'

const BUILT = join(import.meta.dirname, '../../dist/web')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
/** Each has an address of its own, and is the same page. */
const SCREENS = [
  '/',
  '/sources',
  '/restore',
  '/community',
  '/policies',
  '/accounts',
  '/tasks',
  '/tasks/:id',
  '/profile',
  '/recovery-sheet',
]
const NONCE_BYTES = 16
const YEAR = 'public, max-age=31536000, immutable'

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

interface PageFile {
  readonly type: string
  readonly plain: Buffer
  /** By the name of the encoding. */
  readonly compressed: ReadonlyMap<string, Buffer>
}

/** Read once: it is about a megabyte. */
function builtFiles(): Map<string, PageFile> {
  const files = new Map<string, PageFile>()
  if (!existsSync(BUILT)) return files
  for (const name of readdirSync(BUILT, { recursive: true, encoding: 'utf8' })) {
    const path = join(BUILT, name)
    const type = TYPES[extname(name)]
    if (type === undefined || !statSync(path).isFile()) continue
    const compressed = new Map<string, Buffer>()
    for (const [encoding, end] of [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const) {
      if (existsSync(path + end)) compressed.set(encoding, readFileSync(path + end))
    }
    files.set(`/${relative(BUILT, path)}`, { type, plain: readFileSync(path), compressed })
  }
  return files
}

export function addPageRoutes(app: Routes, { random }: Pick<ApiDeps, 'random'>): void {
  const files = builtFiles()
  const index = files.get('/index.html')?.plain.toString()
  files.delete('/index.html')
  const shown = { config: { access: 'public' }, schema: { hide: true } } as const
  for (const url of ['/icon.svg', '/assets/:name']) {
    app.get(url, shown, (request, reply) => {
      const file = files.get(request.url)
      if (file === undefined) throw new DatisError('PAGE_UNKNOWN', 'There is no such address.')
      return sendFile(request, reply, file)
    })
  }
  for (const url of SCREENS) {
    app.get(url, shown, (_request, reply) => {
      if (index === undefined) throw new DatisError('PAGE_NOT_BUILT', 'The pages of the console are not built.')
      return sendPage(reply, index, random)
    })
  }
}

function sendPage(reply: FastifyReply, index: string, random: Random): FastifyReply {
  const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('base64url')
  return reply
    .header('content-security-policy', policy(nonce))
    .type(TYPES['.html'] ?? '')
    .send(index.replaceAll('%NONCE%', nonce))
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const [encoding, content] = [...file.compressed].find(([name]) => accepted.includes(name)) ?? [null, file.plain]
  // Its name changes with its content; that of the icon does not.
  if (request.url.startsWith('/assets/')) void reply.header('cache-control', YEAR)
  if (encoding !== null) void reply.header('content-encoding', encoding)
  return reply.header('vary', 'accept-encoding').type(file.type).send(content)
}
