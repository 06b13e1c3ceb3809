/** Bugs of the accounts and of the console. */
import { by, type PlantedBug } from './planted-bug.ts'

const PASSKEYS = 'src/accounts/passkeys.test.ts'
const CONSOLE = 'src/api/passkeys.test.ts'

export const ACCOUNT_BUGS: readonly PlantedBug[] = [
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
