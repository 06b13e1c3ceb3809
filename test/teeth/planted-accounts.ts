/** Bugs of who may do what, and of who may try. */
import { by, type PlantedBug } from './planted-bug.ts'

const INTENTS = 'src/service/intents.test.ts'
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
  {
    name: 'an administrator approves of what is its own wish',
    file: 'src/accounts/second-person.ts',
    from: 'if (person === proposer) throw',
    to: "if (person === '') throw",
    caughtBy: by(INTENTS, 'what cannot be undone waits for a second administrator'),
  },
  {
    name: 'an account that the first administrator has just made is a second person',
    file: 'src/accounts/second-person.ts',
    from: 'user.created >= since || touched !== undefined',
    to: 'touched === null',
    caughtBy: by(INTENTS, 'an account that the first made'),
  },
  {
    name: 'what two approve of at once happens twice',
    file: 'src/service/intents.ts',
    from: 'if (numUpdatedRows === 0n) throw decided(id)',
    to: 'if (numUpdatedRows < 0n) throw decided(id)',
    caughtBy: by(INTENTS, 'two who approve at once'),
  },
  {
    name: 'a policy that keeps less is set by one person',
    file: 'src/service/intents.ts',
    from: 'isLess(local, now.local.policy) || isLess(remote, now.remote.policy)',
    to: 'isLess(local, now.local.policy)',
    caughtBy: by(INTENTS, 'only what keeps less'),
  },
]
