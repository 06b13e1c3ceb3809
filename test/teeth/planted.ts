/**
 * Bugs that the suite must notice (security rule 15). They are planted in a copy of the tree only: no switch for them
 * is in what is shipped. `from` stands exactly once in its file; `caughtBy` fails while `to` stands in its place.
 */
import { ACCOUNT_BUGS } from './planted-accounts.ts'
import { BOX_BUGS } from './planted-box.ts'
import type { PlantedBug } from './planted-bug.ts'
import { COMMUNITY_BUGS } from './planted-community.ts'
import { CONSOLE_BUGS } from './planted-console.ts'
import { DISPERSAL_BUGS } from './planted-dispersal.ts'
import { FIRST_BUGS } from './planted-first.ts'
import { MARGIN_BUGS } from './planted-margin.ts'
import { RETENTION_BUGS } from './planted-retention.ts'

export const PLANTED: readonly PlantedBug[] = [
  ...ACCOUNT_BUGS,
  ...BOX_BUGS,
  ...COMMUNITY_BUGS,
  ...CONSOLE_BUGS,
  ...DISPERSAL_BUGS,
  ...FIRST_BUGS,
  ...MARGIN_BUGS,
  ...RETENTION_BUGS,
]
