/** Which screens there are, and for whom. The box judges again whatever is asked of it. */
import type { RoleName } from '#api/contract'

export const SCREENS = [
  { name: 'dashboard', path: '/' },
  { name: 'sources', path: '/sources' },
  { name: 'restore', path: '/restore' },
  { name: 'community', path: '/community' },
  { name: 'policies', path: '/policies' },
  { name: 'accounts', path: '/accounts' },
  { name: 'tasks', path: '/tasks' },
] as const

export type ScreenName = (typeof SCREENS)[number]['name']

const CLOSED: Readonly<Partial<Record<ScreenName, readonly RoleName[]>>> = {
  accounts: ['operator', 'user', 'reader'],
  restore: ['reader'],
  community: ['user'],
  policies: ['user'],
}

/** Who keeps the box going: takes snapshots, adds sources. */
export function mayRun(role: RoleName): boolean {
  return role === 'administrator' || role === 'operator'
}

/** Who may see what everybody did. */
export function maySeeJournal(role: RoleName): boolean {
  return role === 'administrator' || role === 'reader'
}

export function mayOpen(name: ScreenName, role: RoleName): boolean {
  return !(CLOSED[name] ?? []).includes(role)
}
