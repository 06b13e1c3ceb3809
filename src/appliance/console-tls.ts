/** With which certificate the console answers: its own, made and renewed here, or one that people brought. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ApiTls } from '#api'
import { codeOf, DAY_MS, DatisError, HOUR_MS, ignoring, joinPath, KiB, readWhole, writeDurably } from '#base'
import type { RunningBox } from '#box'
import { issueConsoleCertificate, readConsoleCertificate } from '#crypto'
import { familyOf } from '#network'

const FILE = 'console.pem'
const FILE_BYTES_MAX = 64 * KiB
/** Phones take no longer ones. */
const LIFE_MS = 730 * DAY_MS
const RENEWED_BEFORE_MS = 30 * DAY_MS
/** A browser whose clock is behind takes it too. */
const SINCE_MS = DAY_MS
const LOOK_MS = HOUR_MS
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface Presented extends ApiTls {
  /** SHA-256. */
  readonly fingerprint: string
  /** Names by which browsers may call the box, besides its own. */
  readonly hostNames: readonly string[]
}

/** By which people call this box on their network. */
export function ownNames(name: string): string[] {
  const names = [name, hostname()].map((one) => one.toLowerCase())
  return [...new Set(names.flatMap((one) => [one, `${one}.local`]))]
}

export class ConsoleTls {
  readonly #running: RunningBox
  readonly #files: CertificateFiles | null
  #presented: Presented

  /** `files`: null for a certificate of our own. WEB_CERTIFICATE_INVALID, ENOENT … */
  constructor(running: RunningBox, files: CertificateFiles | null) {
    this.#running = running
    this.#files = files
    this.#presented = this.#current()
  }

  get presented(): Presented {
    return this.#presented
  }

  /** Until the signal aborts: whatever is renewed, here or by others, is shown from then on. */
  async run(signal: AbortSignal, change: (tls: Presented) => void): Promise<void> {
    const { clock, log } = this.#running.world
    try {
      for (;;) {
        await clock.sleep(LOOK_MS, signal)
        try {
          const found = this.#current()
          if (found.fingerprint === this.#presented.fingerprint) continue
          change(found)
          this.#presented = found
          log.info('console.certificate.changed', { fingerprint: found.fingerprint })
        } catch (error) {
          log.error('console.certificate.failed', { code: codeOf(error), error })
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  #current(): Presented {
    return this.#files === null ? this.#own() : theirs(this.#files)
  }

  #own(): Presented {
    const { world, folder } = this.#running
    const { disk, clock } = world
    const kept = ignoring(['ENOENT'], () => readWhole(disk, joinPath(folder, FILE), FILE_BYTES_MAX))
    const known = kept === undefined ? null : this.#usable(partsOf(kept))
    if (known !== null) return known
    const made = this.#made(clock.wall())
    writeDurably(disk, folder, FILE, Buffer.from(made.certificate + made.key))
    const usable = this.#usable(made)
    if (usable === null) throw new Error('a certificate that was just made is good')
    return usable
  }

  /** Null: it is to be renewed. One that lasts longer than ours was made while the clock was wrong. */
  #usable(tls: ApiTls): Presented | null {
    const found = readConsoleCertificate(tls)
    if (found === null) return null
    const { until, hostNames, fingerprint } = found
    const leftMs = until - this.#running.world.clock.wall()
    if (leftMs < RENEWED_BEFORE_MS || leftMs > LIFE_MS) return null
    if (this.#hostNames.some((name) => !hostNames.includes(name))) return null
    return { ...tls, fingerprint, hostNames: [] }
  }

  #made(now: number): ApiTls {
    const { world, name } = this.#running
    const { random, net } = world
    const addresses = ['127.0.0.1', '::1', ...net.ownAddresses()].filter((one) => familyOf(one) !== 0)
    // In whole seconds, as certificates have them.
    const until = Math.floor((now + LIFE_MS) / 1000) * 1000
    return issueConsoleCertificate({ name, hostNames: this.#hostNames, addresses, from: now - SINCE_MS, until }, random)
  }

  get #hostNames(): string[] {
    return [...ownNames(this.#running.name), 'localhost'].filter((name) => HOST_NAME.test(name))
  }
}

function partsOf(bytes: Uint8Array): ApiTls {
  const text = Buffer.from(bytes).toString('latin1')
  const at = text.indexOf('-----BEGIN PRIVATE KEY-----')
  return at < 0 ? { certificate: text, key: '' } : { certificate: text.slice(0, at), key: text.slice(at) }
}

function theirs(files: CertificateFiles): Presented {
  const tls = { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') }
  const found = readConsoleCertificate(tls)
  if (found !== null) return { ...tls, ...found }
  throw new DatisError('WEB_CERTIFICATE_INVALID', 'The files hold no certificate with its key.', { ...files })
}
