export { runSeed, type SeedReport } from './run-seed.ts'
