/** What each role may do. Routes and commands ask for a right, never for a role. */
import type { Role } from '#settings'

const EVERYBODY: readonly Role[] = ['administrator', 'operator', 'user', 'reader']
const KEEPERS: readonly Role[] = ['administrator', 'operator']

/** `destroys`: asks for the password again, and by two people. */
interface Right {
  readonly roles: readonly Role[]
  readonly elevated?: true
}

export const RIGHTS = {
  'state.see': { roles: EVERYBODY },
  'own.account': { roles: EVERYBODY },
  'files.restore': { roles: ['administrator', 'operator', 'user'] },
  'tasks.run': { roles: KEEPERS },
  'sources.change': { roles: KEEPERS },
  'policies.change': { roles: ['administrator'], elevated: true },
  'settings.change': { roles: ['administrator'] },
  'community.act': { roles: ['administrator'], elevated: true },
  'intents.approve': { roles: ['administrator'], elevated: true },
  'intents.cancel': { roles: ['administrator'] },
  'recovery.sheet': { roles: ['administrator'], elevated: true },
  'people.see': { roles: ['administrator'] },
  'people.change': { roles: ['administrator'], elevated: true },
  'audit.see': { roles: ['administrator', 'reader'] },
} as const satisfies Record<string, Right>

export type RightName = keyof typeof RIGHTS

export function mayDo(role: Role, right: RightName): boolean {
  return (RIGHTS[right].roles as readonly Role[]).includes(role)
}

export function asksAgain(right: RightName): boolean {
  return (RIGHTS[right] as Right).elevated === true
}
