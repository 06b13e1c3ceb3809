export type { NewBox, Practice, PracticeState } from '#api'
export * from '#box'
export type { StartOptions } from './first-start.ts'
export type { ApplianceOptions, ApplianceReady, WebOptions } from './run.ts'

/** Loaded by a box that runs alone: no other command needs a console. */
export const runAppliance: typeof import('./run.ts').runAppliance = async (...given) => {
  const { runAppliance: run } = await import('./run.ts')
  await run(...given)
}

export const newSetupCode: typeof import('./setup-code.ts').newSetupCode = async (folder) => {
  const { newSetupCode: make } = await import('./setup-code.ts')
  return await make(folder)
}

export const startAppliance: typeof import('./first-start.ts').startAppliance = async (...given) => {
  const { startAppliance: start } = await import('./first-start.ts')
  await start(...given)
}

export const settleRebuild = async (folder: string): Promise<void> => {
  const { settleRebuild: settle } = await import('./first-start.ts')
  settle(folder)
}
