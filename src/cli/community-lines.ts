/** Who is in the community, who may come in, and what waits, as a screen shows it. */
import type { CommunityResult, InviteResult, PendingResult, WithoutResult } from '#box'
import { printable, shortened, table } from '#text'
import type { App } from './app.ts'
import { qrLines } from './qr.ts'

export function communityLines(app: App, result: CommunityResult): string[] {
  const { say } = app.words
  const { n, k } = result.code
  return [
    say.community.is(result.community, result.number),
    ...(result.membership === 'member' ? [] : [say.community.out[result.membership]]),
    n === 0 ? say.community.alone : say.community.code(n, k),
    ...alarmLines(app, result),
    '',
    ...memberTable(app, result),
    ...invitationLines(app, result),
  ]
}

function alarmLines({ words: { say } }: App, { alarms, members }: CommunityResult): string[] {
  const called = (id: string) => members.find(({ organisation }) => organisation === id)?.organisationName
  return alarms.flatMap(({ number, signedBoth }) => [
    say.community.alarm(number),
    ...signedBoth.map((id) => printable(called(id) === undefined ? id : `${called(id)} (${id})`)),
  ])
}

function memberTable({ words: { say } }: App, { members }: CommunityResult): string[] {
  const { column } = say
  const columns = [
    { title: column.organisation },
    { title: column.box },
    { title: column.address },
    { title: say.community.column.box },
    { title: say.community.column.organisation },
  ]
  const short = shortened(members.map(({ organisation }) => organisation))
  const rows = members.map(({ organisationName, name, box, address, leaving }, index) => [
    organisationName,
    leaving === null ? name : `${name} (${say.leave.leaving})`,
    address,
    box,
    short[index] ?? '',
  ])
  return table(columns, rows)
}

/** A charter names those that are over until the next one is made. */
function invitationLines({ words: { say, formats }, clock }: App, { invitations }: CommunityResult): string[] {
  const open = invitations.filter(({ until }) => Temporal.Instant.from(until).epochMilliseconds > clock.wall())
  if (open.length === 0) return []
  const { id, by } = say.column
  const columns = [id, say.community.column.for, say.community.column.until, by].map((title) => ({ title }))
  const keys = shortened(open.map(({ invitation }) => invitation))
  const rows = open.map(({ until, byName, by: organisation, for: whom }, index) => [
    keys[index] ?? '',
    whom ?? '',
    formats.instant(until),
    byName ?? organisation,
  ])
  return ['', say.community.invitations, ...table(columns, rows)]
}

export function withoutLines({ words: { say, formats } }: App, result: WithoutResult): string[] {
  const { without: words } = say.community
  const { without, silent, margin, stripes, bytes, snapshots, each } = result
  const named = (some: WithoutResult['silent']) => some.map(({ name, box }) => printable(name === '' ? box : name))
  const who = [
    ...(without.length === 0 ? [] : [words.names(named(without))]),
    ...(silent.length === 0 ? [] : [words.silent(named(silent))]),
  ]
  if (margin === null || stripes === null || bytes === null) return [...who, words.unknown]
  const rows = each.map(({ name, box, margin: left }) => [printable(name === '' ? box : name), words.each(left)])
  return [
    ...who,
    words.margin(margin),
    words.bytes(formats.bytes(bytes.held), formats.bytes(bytes.total)),
    words.stripes(stripes.held, stripes.total),
    words.snapshots(snapshots.held, snapshots.total),
    ...(rows.length === 0 ? [] : ['', ...table([{ title: say.column.box }, { title: words.column }], rows)]),
  ]
}

export function inviteLines({ words: { say, formats }, terminal }: App, result: InviteResult): string[] {
  const { code, invitation, until, approvals, needed, state } = result
  const [short = ''] = shortened([invitation])
  return [
    say.community.invited(formats.instant(until)),
    '',
    code,
    '',
    ...qrLines(code, terminal.columns()),
    say.community.advice,
    ...(state === 'open' ? [say.community.revocable(short)] : [say.community.waits(approvals, needed)]),
  ]
}

export function pendingLines({ words: { say, formats } }: App, items: readonly PendingResult[]): string[] {
  if (items.length === 0) return [say.community.nothingWaits]
  const { act, kind, by, about, approvals, since } = say.column
  const columns = [act, kind, about, approvals, by, since].map((title) => ({ title }))
  const acts = shortened(items.map((item) => item.act))
  const rows = items.map((item, index) => [
    acts[index] ?? '',
    say.community.kinds[item.kind] ?? item.kind,
    aboutCell(say.community, item),
    `${formats.number(item.approvals)}/${formats.number(item.needed)}`,
    item.byName ?? shortOf(item.by),
    formats.instant(item.at),
  ])
  return [...table(columns, rows), '', say.community.approve]
}

/** With the beginning of its id: two may have the same name. */
function aboutCell(say: App['words']['say']['community'], { kind, about, aboutName }: PendingResult): string {
  if (kind === 'invite') return aboutName ?? say.invitation(shortOf(about))
  if (kind === 'revoke-invitation') {
    return aboutName === null ? say.invitation(shortOf(about)) : say.invitationFor(shortOf(about), aboutName)
  }
  return aboutName === null ? shortOf(about) : `${aboutName} (${shortOf(about)})`
}

function shortOf(id: string): string {
  return `${shortened([id]).join('')}…`
}
