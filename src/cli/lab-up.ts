/** A lab comes up: boxes are made, one founds a community, the others join it with its codes, and each saves something. */
import { MINUTE_MS, SECOND_MS } from '#base'
import { claimFile } from './files.ts'
import { ask, type Dispersed, disperseAll, endAll, type LabWork, startBoxes } from './lab-boxes.ts'
import { writeSampleFiles } from './lab-files.ts'
import { LabBox, type LabRecord, nameOf } from './lab-folder.ts'
import { freePorts, HOST } from './processes.ts'

const AGREE_MS_MAX = MINUTE_MS
const AGREE_POLL_MS = 200
const DISPERSE_WAIT_MS = 30 * SECOND_MS
const SOURCE_NAME = 'files'

/** All or nothing: whatever goes wrong, no process and no folder is left. A kill leaves what `lab down` removes. */
export async function buildLab(work: LabWork, count: number): Promise<Dispersed[]> {
  try {
    const boxes = await makeBoxes(work, count)
    await startBoxes(work, boxes)
    await gather(work, boxes)
    const dispersed = await disperseAll(work, boxes, (box, context) => save(work, box, context))
    work.lab.finish(boxes.map(({ record }) => record))
    return dispersed
  } catch (error) {
    await endAll(work.app, work.lab, 'SIGKILL')
    work.lab.remove()
    throw error
  }
}

async function makeBoxes(work: LabWork, count: number): Promise<LabBox[]> {
  work.context.onProgress({ phase: 'boxes' })
  const boxes: LabBox[] = []
  for (const [index, port] of (await freePorts(count)).entries()) boxes.push(await makeBox(work, index, port))
  return boxes
}

async function makeBox({ app, door, lab }: LabWork, index: number, port: number): Promise<LabBox> {
  const at = `${HOST}:${port}`
  const known = (record: LabRecord): LabBox => new LabBox(lab.folder, index, record)
  const { data, words } = known({ box: '', port, failed: null })
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  using file = claimFile(words)
  const made = await door.createBox({ folder: data, name: nameOf(index), zone, listen: at, address: at })
  if (made.entropy !== null) {
    file.write(`${door.wordsFromEntropy(made.entropy, app.words.formats.language).join(' ')}\n`)
  }
  return known({ box: made.box, port, failed: null })
}

/** As the demo does: alone, the first needs nobody's approval to invite all others. */
async function gather(work: LabWork, boxes: readonly LabBox[]): Promise<void> {
  const { context, door } = work
  const [founder, ...others] = boxes
  if (founder === undefined) return
  context.onProgress({ phase: 'join' })
  await door.foundCommunity([founder.data], { successor: false })
  const codes: string[] = []
  for (const { name } of others) {
    const invite = { contacts: [], for: name }
    codes.push((await ask(work, founder, (client) => client.call('community.invite', invite, context))).code)
  }
  for (const [index, box] of others.entries()) {
    const code = codes[index] ?? ''
    await ask(work, box, (client) => client.call('community.join', { code }, context))
  }
  await agreement(work, boxes)
}

/** A box that has not heard of the last ones would take a code for fewer hosts: later it packs anew. */
async function agreement(work: LabWork, boxes: readonly LabBox[]): Promise<void> {
  const { clock } = work.app
  const giveUpMs = clock.monotonic() + AGREE_MS_MAX
  for (const box of boxes) {
    while ((await members(work, box)) < boxes.length) {
      if (clock.monotonic() > giveUpMs) return
      await clock.sleep(AGREE_POLL_MS, work.context.signal)
    }
  }
}

async function members(work: LabWork, box: LabBox): Promise<number> {
  const shown = await ask(work, box, (client) => client.call('community.show', {}, work.context))
  return shown.members.length
}

async function save(work: LabWork, box: LabBox, context: LabWork['context']) {
  writeSampleFiles(work.app, box)
  return await ask(work, box, async (client) => {
    const source = { name: SOURCE_NAME, paths: [box.files], excludes: [], oneFileSystem: false }
    await client.call('source.add', source, context)
    await client.call('snapshot.take', { sources: [] }, context)
    return await client.call('disperse', { waitMs: DISPERSE_WAIT_MS }, context)
  })
}

/** Starts what was meant to run and does not, as after a reboot. */
export async function restartLab(work: LabWork): Promise<number> {
  const stopped = work.lab.now().filter(({ state }) => state === 'stopped')
  await startBoxes(
    work,
    stopped.map(({ box }) => box),
  )
  // A liar goes on lying until it is made well.
  for (const { box } of stopped) if (box.record.failed !== 'liar') work.lab.mark(box, null)
  return stopped.length
}
