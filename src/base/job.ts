import type { Job, JobWorld } from './ports.ts'

/**
 * Names a function so that a worker thread finds it again: `module` is `import.meta.url` of the file that exports
 * the job under `name`.
 */
export function defineJob<Input, Output>(
  module: string,
  name: string,
  run: (world: JobWorld, input: Input) => Promise<Output> | Output,
): Job<Input, Output> {
  return { module, name, run }
}

const buffersToTransfer = new WeakMap<object, readonly ArrayBuffer[]>()

/** Marks `buffers` inside `output` as given away to the thread that started the job, instead of copied. */
export function transferring<Output extends object>(output: Output, buffers: readonly ArrayBuffer[]): Output {
  buffersToTransfer.set(output, buffers)
  return output
}

export function transfersOf(output: unknown): readonly ArrayBuffer[] {
  return (typeof output === 'object' && output !== null && buffersToTransfer.get(output)) || []
}
