import { townSeeds } from './seeds.ts'

townSeeds(10, 20)
