/** Hosts that did not do what was asked of them, and why. */
import type { HostTrouble } from '#box'
import { printable, tellError } from '#text'
import type { App } from './app.ts'

export function troubleLines(app: App, title: string, trouble: readonly HostTrouble[]): string[] {
  return trouble.length === 0 ? [] : ['', title, ...trouble.map((one) => troubleLine(app, one))]
}

/** A sentence that names the host needs no name before it. */
function troubleLine({ words: { say, formats } }: App, { host, name, code }: HostTrouble): string {
  const called = nameOr(name, host)
  const { happened } = tellError(formats, { code, message: code, details: { box: called } })
  const cause = `${happened} ${say.failure.technical(code)}`
  return happened.includes(called) ? cause : `${called}: ${cause}`
}

/** What no charter names is shown by its id. */
export function nameOr(name: string, id: string): string {
  return printable(name === '' ? id : name)
}
