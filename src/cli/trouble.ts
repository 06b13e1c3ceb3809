/** Hosts that did not do what was asked of them, and why. */
import { table, tellError } from '#text'
import type { App } from './app.ts'

export function troubleLines(
  { words: { say, formats } }: App,
  title: string,
  trouble: readonly { readonly host: string; readonly code: string }[],
): string[] {
  if (trouble.length === 0) return []
  const columns = [{ title: say.column.host }, { title: say.column.cause }]
  const rows = trouble.map(({ host, code }) => [
    host,
    `${tellError(formats, { code, message: code, details: { box: host } }).happened} ${say.failure.technical(code)}`,
  ])
  return ['', title, ...table(columns, rows)]
}
