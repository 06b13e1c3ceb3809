import type { CrossingError } from './crossing.ts'

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CrossingError }

export type ToWorker =
  | { readonly type: 'run'; readonly module: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'abort'; readonly reason: CrossingError }
  | { readonly type: 'answer'; readonly call: number; readonly outcome: Outcome }

export type FromWorker =
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'call'; readonly call: number; readonly name: string; readonly input: unknown }
