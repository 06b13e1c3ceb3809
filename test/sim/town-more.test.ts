import { townSeeds } from './seeds.ts'

townSeeds(13, 20)
