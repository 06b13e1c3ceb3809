import { townSeeds } from './seeds.ts'

townSeeds(13, 16)
// Seed 17 takes as long as five others: `npm run sim` has it.
townSeeds(18, 21)
