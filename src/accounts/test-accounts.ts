/** Accounts on a database in memory and a clock that a test moves. */
import { simClock, simRandom } from '#base/sim'
import { openSettings } from '#settings'
import type { AccountsDeps, Origin } from './deps.ts'
import { Passkeys } from './passkeys.ts'
import { People } from './people.ts'
import { SecondFactor } from './second-factor.ts'
import { Sessions } from './sessions.ts'
import { Setup } from './setup.ts'
import { SignIn } from './sign-in.ts'

export const START_MS = 1_780_000_000_000
export const PASSWORD = 'correct horse battery'

export function from(address: string, device: string | null = null): Origin {
  return { address, agent: 'a browser', device }
}

export async function accounts(seed: string) {
  const clock = simClock({ startWallMs: START_MS })
  const settings = await openSettings(':memory:')
  const deps: AccountsDeps = {
    settings,
    clock: clock.machine(),
    random: simRandom(`accounts ${seed}`),
    boxName: 'town hall',
  }
  const people = new People(deps)
  const sessions = new Sessions(deps)
  const passkeys = new Passkeys(deps)
  return {
    clock,
    settings,
    deps,
    people,
    sessions,
    passkeys,
    signIn: new SignIn(deps, sessions, passkeys),
    setup: new Setup(deps, people),
    factor: new SecondFactor(deps),
  }
}
