export * from '#box'
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
