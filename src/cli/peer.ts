import type { Command } from 'commander'
import type { PeerListResult, ProbeResult } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute } from './parse.ts'

/** Where it is a router that has to be changed, which may take days. */
const LENDS: ReadonlySet<ProbeResult['verdict']> = new Set(['closed', 'filtered', 'shared'])

interface DataOption {
  readonly data: string
}

export function addPeerCommands(program: Command, shelf: Shelf): void {
  const { command } = shelf.app.words.say
  const peer = addCommand(program, shelf, 'peer', command.peer)

  withData(addCommand(peer, shelf, 'list', command.peerList), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => listed(shelf.app, await box.call('peer.list', {}, context))),
    ),
  )

  withData(addCommand(peer, shelf, 'probe', command.peerProbe), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('peer.probe', {}, context)
        return probed(shelf.app, result, box.runs ? null : absolute(data))
      }),
    ),
  )
}

function listed({ words: { say, formats } }: App, result: PeerListResult): Outcome {
  const columns = [
    { title: say.column.name },
    { title: say.column.organisation },
    { title: say.column.address },
    { title: say.column.state },
    { title: say.column.duration },
  ]
  const rows = result.items.map(({ name, organisationName, addresses, state, latencyMs, code }) => [
    printable(name),
    printable(organisationName),
    addresses.join(' '),
    code === null ? say.peer.state[state] : `${say.peer.state[state]} (${code})`,
    latencyMs === null ? '' : `${formats.number(latencyMs)} ms`,
  ])
  return done(result, [
    ...(result.items.length === 0 ? [say.peer.none] : table(columns, rows)),
    '',
    ownLine(say, result),
  ])
}

/** Nobody has to reach who is a member no more. */
function ownLine(say: App['words']['say'], { membership, reachability }: PeerListResult): string {
  if (membership !== 'member') return say.community.out[membership]
  return reachability === null ? say.peer.neverProbed : say.peer.verdict[reachability.verdict]
}

/** A box that nobody reaches still hosts: what is told is no failure of the command, yet not all is well. */
function probed(app: App, result: ProbeResult, atRest: string | null): Outcome {
  const exit = result.verdict === 'reachable' ? EXIT.done : EXIT.incomplete
  return { exit, json: result, lines: probeLines(app, result, atRest) }
}

/** `atRest`: the folder of a box that does not run. */
function probeLines({ words: { say } }: App, result: ProbeResult, atRest: string | null): string[] {
  const { verdict, addresses, announce, router, members } = result
  const columns = [{ title: say.column.address }, { title: say.column.state }]
  const rows = addresses.map((one) => [one.address, say.peer.short[one.verdict]])
  const seen = members.map(({ name, from, looks }) =>
    say.peer.saw(
      printable(name),
      from,
      looks.map(({ address, outcome }) => `${address} ${say.peer.outcome[outcome]}`).join(', '),
    ),
  )
  return [
    ...(atRest === null ? [] : [say.peer.atRest(atRest)]),
    say.peer.verdict[verdict],
    ...(verdict === 'reachable' ? [] : [say.peer.advice[verdict]]),
    ...(atRest === null && LENDS.has(verdict) ? [say.peer.meanwhile] : []),
    ...(announce === null ? [] : [say.peer.announce(announce)]),
    '',
    ...table(columns, rows),
    ...(seen.length === 0 ? [] : ['', ...seen]),
    ...(router === null ? [] : [say.peer.router(router)]),
  ]
}
