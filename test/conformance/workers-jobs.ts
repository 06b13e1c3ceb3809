import { codeOf, DatisError, defineJob, pathFromText, transferring } from '#base'

const here = import.meta.url

export const addJob = defineJob(here, 'addJob', (_world, { a, b }: { a: number; b: number }) => a + b)

export const sumJob = defineJob(here, 'sumJob', (_world, numbers: number[]) => numbers.reduce((sum, one) => sum + one))

export const fillJob = defineJob(here, 'fillJob', (_world, { bytes }: { bytes: Uint8Array<ArrayBuffer> }) => {
  bytes.fill(9)
  return transferring({ bytes, detachedAfter: undefined }, [bytes.buffer])
})

export const failJob = defineJob(here, 'failJob', (_world, details: { bytes: number }): number => {
  throw new DatisError('TEST_FAILED', 'The test failed as it should.', details, { cause: new Error('deep down') })
})

export const systemErrorJob = defineJob(here, 'systemErrorJob', ({ disk }, _input: null) =>
  disk.list(pathFromText('/nowhere/at/all')),
)

export const plainErrorJob = defineJob(here, 'plainErrorJob', (_world, _input: null): number => {
  throw new RangeError('out of range')
})

export const uncloneableJob = defineJob(here, 'uncloneableJob', (_world, _input: null) => ({ act: () => 1 }))

export const dyingJob = defineJob(here, 'dyingJob', (_world, _input: null): number => process.exit(3))

export const callJob = defineJob(here, 'callJob', async (world, input: number) => {
  const doubled = await world.call('double', input)
  try {
    await world.call('fail', null)
  } catch (error) {
    return { doubled, code: codeOf(error), why: error instanceof DatisError ? error.details.why : undefined }
  }
  return undefined
})

/** Waits for its signal, and cleans up before it ends. */
export const patientJob = defineJob(here, 'patientJob', async (world, _input: null) => {
  await world.call('started', null)
  try {
    await world.clock.sleep(3_600_000, world.signal)
  } finally {
    await world.call('cleaned', null)
  }
})
