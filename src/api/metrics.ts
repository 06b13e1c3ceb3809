/** What a monitoring program wants to know, in the form of Prometheus. docs/protocol/console.md */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { codeOf } from '#base'
import type { OperationName, Operations } from '#box'
import { fallen } from '#service'
import type { ApiDeps } from './deps.ts'

const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

type Deps = Pick<ApiDeps, 'box' | 'tasks' | 'clock' | 'log' | 'version'>

export class Metrics {
  readonly #deps: Deps
  readonly #registry = new Registry()
  readonly #snapshots = this.#gauge('datis_snapshots', 'Snapshots that are kept', ['source', 'side'])
  readonly #newest = this.#gauge('datis_snapshot_newest_timestamp_seconds', 'When the newest complete one began', [
    'source',
  ])
  readonly #fell = this.#gauge('datis_snapshot_fell', 'Whether one of the last day has far less than the one before', [
    'source',
  ])
  readonly #disk = this.#gauge('datis_disk_bytes', 'Of the disk of the box', ['what'])
  readonly #lent = this.#gauge('datis_lent_bytes', 'Fragments of others that are kept here', ['owner'])
  readonly #used = this.#gauge('datis_used_bytes', 'Fragments of this box that are kept elsewhere', ['host'])
  readonly #tasks = this.#gauge('datis_tasks', 'The last thousand by name and state', ['name', 'state'])
  readonly #state = this.#gauge('datis_source_state', 'How safe a source is: 1 for the state it is in', [
    'source',
    'state',
  ])
  readonly #late = this.#gauge('datis_source_late', 'Whether no snapshot was taken in time', ['source'])
  readonly #margin = this.#gauge('datis_margin_hosts', 'How many more hosts may fall; -1: not all comes back now', [])
  readonly #drill = this.#gauge('datis_drill_timestamp_seconds', 'When the last restore for practice ended so', [
    'state',
  ])
  readonly #failed = this.#gauge('datis_metrics_failed', 'Questions that the box did not answer', ['operation'])

  constructor(deps: Deps) {
    this.#deps = deps
    collectDefaultMetrics({ register: this.#registry })
    this.#gauge('datis_info', 'The version that runs', ['version']).set({ version: deps.version }, 1)
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async text(): Promise<string> {
    this.#failed.reset()
    await this.#ask('snapshot.list', ({ items }) => this.#showSnapshots(items))
    // Without labels it would be 0 while nobody has said it.
    this.#margin.remove()
    await this.#ask('state.show', ({ sources, margin }) => {
      if (margin !== null) this.#margin.set(margin)
      this.#state.reset()
      this.#late.reset()
      for (const { source, state, isLate } of sources) {
        this.#state.set({ source, state }, 1)
        this.#late.set({ source }, isLate ? 1 : 0)
      }
    })
    await this.#ask('hosting.show', (shown) => this.#showHosting(shown))
    await this.#ask('drill.list', ({ items }) => {
      this.#drill.reset()
      for (const { state, at } of items.toReversed()) this.#drill.set({ state }, Date.parse(at) / 1000)
    })
    this.#tasks.reset()
    for (const { name, state } of await this.#deps.tasks.list({ count: 1000 })) this.#tasks.inc({ name, state })
    return await this.#registry.metrics()
  }

  /** One question that fails hides none of the others. */
  async #ask<Name extends OperationName>(name: Name, show: (result: Operations[Name][1]) => void): Promise<void> {
    try {
      show(await this.#deps.box.call(name, {} as never, CONTEXT))
    } catch (error) {
      this.#failed.set({ operation: name }, 1)
      this.#deps.log.warn('metrics.failed', { name, code: codeOf(error) })
    }
  }

  #showSnapshots(items: Operations['snapshot.list'][1]['items']): void {
    this.#snapshots.reset()
    this.#newest.reset()
    this.#fell.reset()
    const fell = fallen(items, this.#deps.clock.wall())
    for (const { source, local, remote, state, startedAt } of items.toReversed()) {
      if (local) this.#snapshots.inc({ source, side: 'local' })
      if (remote) this.#snapshots.inc({ source, side: 'remote' })
      this.#fell.set({ source }, fell.has(source) ? 1 : 0)
      if (state === 'complete') this.#newest.set({ source }, Date.parse(startedAt) / 1000)
    }
  }

  #showHosting({ disk, owners, own }: Operations['hosting.show'][1]): void {
    this.#disk.set({ what: 'used' }, disk.usedBytes)
    this.#disk.set({ what: 'total' }, disk.totalBytes)
    this.#lent.reset()
    for (const { name, box, bytes } of owners) this.#lent.set({ owner: name === '' ? box : name }, bytes)
    this.#used.reset()
    for (const { name, host, bytes } of own) this.#used.set({ host: name === '' ? host : name }, bytes)
  }
}
