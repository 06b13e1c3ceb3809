/** The other half of what is planted. */
import { bite } from './teeth.ts'

bite(1, 2)
