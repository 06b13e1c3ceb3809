import { realRandom } from '#base'
import { simRandom } from '#base/sim'
import { randomConformance } from './random.ts'

randomConformance('real random', realRandom)
randomConformance('simulated random', () => simRandom('conformance'))
