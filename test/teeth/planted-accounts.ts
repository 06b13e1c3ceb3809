/** Bugs of the accounts and of the console. */
import { by, type PlantedBug } from './planted-bug.ts'

const PASSKEYS = 'src/accounts/passkeys.test.ts'
const CONSOLE = 'src/api/passkeys.test.ts'
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
  {
    name: 'what an authenticator signed is good twice',
    file: 'src/accounts/challenges.ts',
    from: '    this.#asked.delete(challenge)\n    return asked',
    to: '    return asked',
    caughtBy: by(PASSKEYS, 'what is asked is answered once'),
  },
  {
    name: 'what an authenticator signed is good for ever',
    file: 'src/accounts/challenges.ts',
    from: ' && asked.until > this.#clock.monotonic()',
    to: '',
    caughtBy: by(PASSKEYS, 'what is asked is answered once'),
  },
  {
    name: 'what was asked to confirm signs in',
    file: 'src/accounts/challenges.ts',
    from: ' && asked.purpose === purpose',
    to: '',
    caughtBy: by(PASSKEYS, 'what is asked is answered once'),
  },
  {
    name: 'a passkey signs in whoever holds its device',
    file: 'src/accounts/passkeys.ts',
    from: '      requireUserVerification: true,\n      // The library',
    to: '      requireUserVerification: false,\n      // The library',
    caughtBy: by(PASSKEYS, 'with no user verification'),
  },
  {
    name: 'a passkey is taken that nobody had to open',
    file: 'src/accounts/passkeys.ts',
    from: '      requireUserVerification: true,\n      supported',
    to: '      requireUserVerification: false,\n      supported',
    caughtBy: by(PASSKEYS, 'with no user verification'),
  },
  {
    name: 'a copy of a passkey signs in',
    file: 'src/accounts/passkeys.ts',
    from: "      .where('counter', counter === 0 ? '=' : '<', counter)\n",
    to: '',
    caughtBy: by(PASSKEYS, 'a counter that goes back'),
  },
  {
    name: 'a counter that nobody signed for is noted',
    file: 'src/accounts/passkeys.ts',
    from: '    if (!verified || ',
    to: '    await this.#count(key, authenticationInfo.newCounter)\n    if (!verified || ',
    caughtBy: by(PASSKEYS, 'a counter that goes back'),
  },
  {
    name: 'a disabled account is let in with a passkey',
    file: 'src/accounts/passkeys.ts',
    from: ' || key.disabled !== 0',
    to: '',
    caughtBy: by(PASSKEYS, 'a passkey is its owner’s'),
  },
  {
    name: 'a passkey of somebody else confirms',
    file: 'src/accounts/sign-in.ts',
    from: 'if (key?.user !== user) throw',
    to: 'if (key === null) throw',
    caughtBy: by(PASSKEYS, 'a passkey is its owner’s'),
  },
  {
    name: 'certificates of who made an authenticator are looked at',
    file: 'src/accounts/passkeys.ts',
    from: '    await checkStatement(made)\n',
    to: '',
    caughtBy: by(PASSKEYS, 'certificates of who made'),
  },
  {
    name: 'passkeys are tried at any pace',
    file: 'src/accounts/sign-in.ts',
    from: '    this.#take(one)\n    if (key === null)',
    to: '    if (key === null)',
    caughtBy: by(PASSKEYS, 'passkeys that are tried wait'),
  },
  {
    name: 'a session that was left open adds passkeys',
    file: 'src/api/routes-account.ts',
    from: '  if (!session.elevated) throw',
    to: '  if (session === null) throw',
    caughtBy: by(CONSOLE, 'over HTTP a passkey is added'),
  },
  {
    name: 'passkeys are offered over plain HTTP',
    file: 'src/api/guard.ts',
    from: "  if (!isSecure && domain !== 'localhost') return 'insecure'\n",
    to: '',
    caughtBy: by(CONSOLE, 'passkeys are offered at a name'),
  },
]
