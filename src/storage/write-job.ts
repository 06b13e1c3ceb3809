/** One writing job: takes tasks from the session until it says `end`. */
import { assert, defineJob, type JobWorld } from '#base'
import { chunkIdOf } from './group.ts'
import { GROUP_BYTES_TARGET } from './limits.ts'
import type { PackClass } from './types.ts'
import { FileReader } from './write-files.ts'
import { PackWriter } from './write-packs.ts'
import { WRITE_CALLS, type WriteJobInput, type WriteReport, type WriteTask } from './write-protocol.ts'

/** Groups in a pack: small packs (a simulation) get small groups, so that their packs have several as well. */
const GROUPS_PER_PACK_MIN = 4

export function groupBytesTarget(packBytesTarget: number): number {
  return Math.min(GROUP_BYTES_TARGET, Math.ceil(packBytesTarget / GROUPS_PER_PACK_MIN))
}

const nothing: WriteReport = { task: null, outcomes: [], refs: new Uint8Array(0), readBytes: 0, before: null }

async function write(world: JobWorld, input: WriteJobInput): Promise<void> {
  const packs: Record<PackClass, PackWriter> = {
    data: new PackWriter(world, input, 'data'),
    metadata: new PackWriter(world, input, 'metadata'),
  }
  const reader = new FileReader(world, input.keys, packs.data, groupBytesTarget(input.packBytesTarget))
  let report = nothing
  for (;;) {
    world.signal.throwIfAborted()
    const task = (await world.call(WRITE_CALLS.next, report)) as WriteTask
    if (task.kind === 'end') return
    report = await perform(task, { reader, packs, input })
  }
}

interface Tools {
  readonly reader: FileReader
  readonly packs: Record<PackClass, PackWriter>
  readonly input: WriteJobInput
}

async function perform(task: Exclude<WriteTask, { kind: 'end' }>, tools: Tools): Promise<WriteReport> {
  switch (task.kind) {
    case 'batch':
      return tools.reader.batch(task)
    case 'file':
      return tools.reader.file(task)
    case 'range':
      return tools.reader.range(task)
    case 'group':
      await writeMetadata(task, tools)
      return nothing
    case 'flush':
      await tools.packs[task.class].flush()
      return nothing
  }
}

async function writeMetadata(task: Extract<WriteTask, { kind: 'group' }>, { packs, input }: Tools): Promise<void> {
  assert(task.chunks.length > 0, 'a group has a chunk')
  const chunks = task.chunks.map((plain) => ({
    id: chunkIdOf(input.keys, 'metadata', plain),
    bytes: plain.byteLength,
  }))
  await packs.metadata.addGroup(task.groupKind, Buffer.concat(task.chunks), chunks)
}

export const writeJob = defineJob(import.meta.url, 'writeJob', write)
