/** Bugs of who may do what, and of who may try. */
import { by, type PlantedBug } from './planted-bug.ts'

const THROTTLE = 'src/accounts/throttle.test.ts'

export const ACCOUNT_BUGS: readonly PlantedBug[] = [
  {
    name: 'an account is asked as often as there are addresses',
    file: 'src/accounts/throttle.ts',
    from: 'if (strangers !== null && isFirst) strangers.left--',
    to: 'if (strangers !== null && isFirst) strangers.left += 0',
    caughtBy: by(THROTTLE, 'few of ten thousand guesses an hour are looked at, from 5000'),
  },
  {
    name: 'an address may try again at once',
    file: 'src/accounts/throttle.ts',
    from: 'place.until = now + (WAITS_S[step] ?? 0) * SECOND_MS',
    to: 'place.until = now + (WAITS_S[step] ?? 0)',
    caughtBy: by(THROTTLE, 'a device that was hers once'),
  },
]
