/** The files of the page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Routes } from './routes-account.ts'

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
] as const
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

export function addPageRoutes(app: Routes): void {
  for (const [url, name, type] of FILES) {
    const content = readFileSync(join(import.meta.dirname, 'page', name))
    app.get(url, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply.header('content-security-policy', POLICY).type(type).send(content),
    )
  }
}
