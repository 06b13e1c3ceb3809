/** What a thief of a box key might try, each by the name of its hope. One call a day. */
import type { KeptRow, PackClass } from './past.ts'
import { sendRubbish } from './rubbish.ts'
import type { Thief } from './thief.ts'

export interface Strategy {
  readonly name: string
  /** What it does from day 0 on; what it remembers is its own. */
  begin(on: Thief): (day: number) => Promise<void>
}

const CLASSES: readonly PackClass[] = ['data', 'metadata']
const WEEKLY = [0, 7, 14, 21, 28, 35, 42]

function strategy(name: string, begin: Strategy['begin']): Strategy {
  return { name, begin }
}

/** On these days only. */
function on(days: readonly number[], act: (day: number) => Promise<unknown>): (day: number) => Promise<void> {
  return async (day) => {
    if (days.includes(day)) await act(day)
  }
}

/** Stripes of a host by the bytes of their packs. */
function bySize(thief: Thief, host: number, packClass?: PackClass): string[] {
  return thief
    .keptAt(host)
    .filter((one) => packClass === undefined || one.class === packClass)
    .sort((a, b) => a.packBytes - b.packBytes)
    .map(({ stripe }) => stripe)
}

/**
 * For each stripe as few hosts as it takes to destroy it, and of each host no more than it lets go: what one host
 * forgets others would have kept.
 */
function spread(thief: Thief, packClass: PackClass): Map<number, string[]> {
  const own = thief.past.stripes.filter((one) => one.class === packClass)
  const rows = own.flatMap((one) => one.rows)
  const left = new Map(thief.hosts.map((host) => [host, 0.275 * bytesOf(rows.filter((row) => row.host === host))]))
  const wanted = new Map<number, string[]>(thief.hosts.map((host) => [host, []]))
  for (const one of own.toSorted((a, b) => b.packBytes - a.packBytes)) {
    const emptiest = one.rows.toSorted((a, b) => (left.get(b.host) ?? 0) - (left.get(a.host) ?? 0))
    const chosen = emptiest.slice(0, one.rows.length - one.k + 1)
    if (chosen.some(({ host, file }) => (left.get(host) ?? 0) < file.byteLength)) continue
    for (const { host, file } of chosen) {
      left.set(host, (left.get(host) ?? 0) - file.byteLength)
      wanted.get(host)?.push(one.stripe)
    }
  }
  return wanted
}

function bytesOf(rows: readonly KeptRow[]): number {
  return rows.reduce((sum, { file }) => sum + file.byteLength, 0)
}

const releasing: readonly Strategy[] = [
  strategy('all at once, again each week', (thief) =>
    on(WEEKLY, () => thief.everywhere((host) => thief.stripesAt(host))),
  ),
  strategy('a little every day', (thief) => {
    const left = new Map(
      thief.hosts.map((host) => [host, [...bySize(thief, host, 'data'), ...bySize(thief, host, 'metadata')]]),
    )
    return on(
      Array.from({ length: 46 }, (_, day) => day),
      () => thief.everywhere((host) => left.get(host)?.splice(0, 1) ?? []),
    )
  }),
  strategy('other stripes on each host', (thief) => {
    const parts = CLASSES.map((packClass) => spread(thief, packClass))
    return on(WEEKLY, () => thief.everywhere((host) => parts.flatMap((part) => part.get(host) ?? [])))
  }),
  strategy('the greatest first', (thief) =>
    on([0, 1, 7, 8, 14, 15], () => thief.everywhere((host) => bySize(thief, host).reverse())),
  ),
  strategy('release, put again, release again', (thief) =>
    on(WEEKLY, async () => {
      for (const host of thief.hosts) {
        const some = thief.random.shuffled(thief.stripesAt(host)).slice(0, 6)
        await thief.release(host, some)
        for (const stripe of some.slice(0, 3)) await thief.putAgain(host, stripe)
        await thief.release(host, some)
      }
    }),
  ),
  strategy('metadata of the last two days first', (thief) =>
    on([0, 1, 7, 14, 30], async (day) => {
      const young = thief.past.stripes.filter((one) => one.young).map(({ stripe }) => stripe)
      await thief.everywhere(() => young)
      if (day > 0) await thief.everywhere((host) => thief.stripesAt(host, 'metadata'))
    }),
  ),
  strategy('cancel and release to move the clock', (thief) =>
    on([0, 6, 7, 20, 40, 43], async () => {
      for (const host of thief.hosts) {
        const all = thief.stripesAt(host)
        await thief.release(host, all)
        await thief.cancel(host, all)
        await thief.release(host, thief.random.shuffled(all))
      }
    }),
  ),
  strategy('numbers used up, then one by one', (thief) =>
    on([0, 8, 16, 24], async (day) => {
      for (const host of thief.hosts) {
        const all = thief.stripesAt(host)
        if (day === 0) await thief.release(host, all, 1)
        await thief.release(host, all, Number.MAX_SAFE_INTEGER - 30 + day)
      }
      thief.number = Number.MAX_SAFE_INTEGER - 30 + day
    }),
  ),
]

const growing: readonly Strategy[] = [
  strategy('grow, then release', (thief) => async (day) => {
    if (day < 2) for (const host of thief.hosts) await thief.put(host, 500_000, CLASSES[day] ?? 'data')
    if ([1, 8, 33, 40, 45].includes(day)) await thief.everywhere((host) => thief.stripesAt(host))
  }),
  strategy('grow, wait a month, release what is old', (thief) => async (day) => {
    if (day === 0) for (const host of thief.hosts) for (const each of CLASSES) await thief.put(host, 300_000, each)
    if ([31, 32, 38, 45].includes(day)) await thief.everywhere((host) => thief.stripesAt(host))
  }),
  strategy('put and release rubbish until the brake looks elsewhere', (thief) => async (day) => {
    if (day % 9 !== 0 || day > 45) return
    for (const host of thief.hosts) {
      await thief.put(host, 30_000, 'metadata')
      await thief.put(host, 30_000)
      await thief.release(host, thief.addedAt(host))
      await thief.release(host, thief.stripesAt(host))
    }
  }),
  strategy('fill the quota', (thief) => async (day) => {
    for (const host of day === 0 ? thief.hosts : []) {
      thief.place.box(host).disk.capacityBytes = 12_000_000
      for (let tries = 0; tries < 12; tries++) await thief.put(host, 180_000)
    }
    if (WEEKLY.includes(day)) await thief.everywhere((host) => thief.stripesAt(host))
  }),
]

const chaining: readonly Strategy[] = [
  strategy('fork the heads, then release', (thief) =>
    on(WEEKLY, async (day) => {
      for (const host of thief.hosts) {
        const { head } = thief.branch(host)
        await thief.heads(host, 1, { number: head.head.number, previous: head.head.previous })
        await thief.heads(host, 1, { number: 1, previous: '0'.repeat(64) })
        await thief.heads(host, 2, { previous: 'cd'.repeat(32) })
        await thief.appendLog(host, 3)
        await thief.heads(host, 3, { at: 1, organisations: [] })
        if (day > 0) await thief.release(host, thief.stripesAt(host))
      }
    }),
  ),
  strategy('thousands of heads', (thief) => async (day) => {
    if (day > 2) return
    await thief.heads(1, 700)
    for (const host of thief.hosts) await thief.heads(host, 40, { at: 4e15 })
    if (day === 2) await thief.everywhere((host) => thief.stripesAt(host))
  }),
  strategy('another log', (thief) =>
    on([0, 10, 44], async () => {
      for (const host of thief.hosts) {
        const { frames } = thief.past.log
        for (const from of [0, 1, frames - 1, frames, 1e12]) {
          await thief.branchLog(host, from, from === 0 ? '0'.repeat(64) : thief.past.log.hash)
        }
        await thief.appendLog(host, 5)
        await thief.heads(host, 1)
        await thief.branchLog(host, thief.past.log.frames, thief.past.log.hash)
        await thief.release(host, thief.stripesAt(host))
      }
    }),
  ),
  strategy('cut rubbish off the log, again and again', (thief) => async (day) => {
    if (day > 1) return
    for (const host of thief.hosts.slice(0, 2)) {
      await thief.appendLog(host, 1500, 8)
      await thief.heads(host, 1)
      const { frames, hash } = thief.branch(host).log
      for (let tries = 0; tries < 20; tries++) {
        await thief.branchLog(host, frames, hash)
      }
    }
    await thief.everywhere((host) => thief.stripesAt(host))
  }),
  strategy('keyrings until none fits', (thief) =>
    on([0, 20], async () => {
      for (const host of thief.hosts) {
        for (let tries = 0; tries < 25; tries++) await thief.putKeyring(host)
        await thief.heads(host, 1, { keyring: 'ef'.repeat(32) })
        await thief.release(host, thief.stripesAt(host))
      }
    }),
  ),
  strategy('starts used up', (thief) =>
    on(WEEKLY, async (day) => {
      for (const host of thief.hosts) {
        await thief.announce(host, day === 0 ? 2 ** 40 - 100 : 2 ** 40 - 100 + day)
        await thief.heads(host, 1)
        await thief.release(host, thief.stripesAt(host))
      }
    }),
  ),
]

const speaking: readonly Strategy[] = [
  strategy('release through another epoch, by forged statements', (thief) =>
    on([0, 12, 30], async () => {
      for (const host of thief.hosts) {
        await thief.forge(host)
        await thief.release(host, thief.stripesAt(host))
        await thief.forge(host)
      }
    }),
  ),
  strategy('what makes no sense', (thief) =>
    on([0, 1, 15, 30], async () => {
      for (const host of thief.hosts) {
        await sendRubbish(thief, host, 40)
        await thief.release(host, thief.stripesAt(host))
      }
    }),
  ),
]

export const SCRIPTED: readonly Strategy[] = [...releasing, ...growing, ...chaining, ...speaking]

type Act = (thief: Thief, host: number) => Promise<unknown>

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [
    8,
    (thief, host) =>
      thief.release(host, thief.random.shuffled(thief.stripesAt(host)).slice(0, 1 + thief.random.below(12))),
  ],
  [4, (thief, host) => thief.release(host, thief.stripesAt(host))],
  [2, (thief, host) => thief.release(host, thief.addedAt(host))],
  [2, (thief, host) => thief.cancel(host, thief.random.shuffled(thief.stripesAt(host)).slice(0, 4))],
  [2, (thief, host) => thief.putAgain(host, thief.random.pick(thief.stripesAt(host)))],
  [3, (thief, host) => thief.put(host, 1 + thief.random.below(8000), thief.random.pick(CLASSES))],
  [1, (thief, host) => thief.heads(host, 1 + thief.random.below(4))],
  [1, (thief, host) => thief.heads(host, 2, { number: thief.random.below(9) + 1 })],
  [1, (thief, host) => thief.appendLog(host, 1 + thief.random.below(20))],
  [1, (thief, host) => thief.branchLog(host, thief.random.below(100), thief.past.log.hash)],
  [1, (thief, host) => thief.putKeyring(host)],
  [1, (thief, host) => thief.announce(host)],
  [1, (thief, host) => thief.forge(host)],
  [1, (thief, host) => sendRubbish(thief, host, 6)],
  [1, (thief, host) => thief.ask(host, 'POST', 'verify', new Uint8Array(0))],
]

/** Whatever comes to mind, on about a third of the days. */
export const MIXED: Strategy = strategy('a mixture of everything', (thief) => {
  const bag = ACTS.flatMap(([weight, act]) => Array.from({ length: weight }, () => act))
  return async (day) => {
    if (day > 0 && !thief.random.chance(day < 46 ? 0.3 : 0.08)) return
    for (let count = 3 + thief.random.below(8); count > 0; count--) {
      await thief.random.pick(bag)(thief, thief.random.pick(thief.hosts))
    }
  }
})
