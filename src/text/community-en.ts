/** Who is in the community, and what waits for approvals, in words. */
import type { Formats } from './formats.ts'

export function communityWordsEn(f: Formats) {
  const boxes = (count: number): string => f.plural(count, 'box', 'boxes')
  return {
    without: {
      names: (names: readonly string[]) => `Without ${f.list(names)}:`,
      silent: (names: readonly string[]) => `Without these, which do not answer: ${f.list(names)}.`,
      unknown: 'What still holds is not known: hosts say what they hold at the next dispersal, with datis disperse.',
      margin: (margin: number) =>
        margin < 0
          ? 'Hosts alone do not bring back all that is with them.'
          : margin === 0
            ? 'All that is with hosts comes back; no further one may fall.'
            : `All that is with hosts comes back; ${f.number(margin)} more may fall, whichever they are.`,
      bytes: (held: string, total: string) => `Of the packs ${held} of ${total} come back,`,
      stripes: (held: number, total: number) => `that is ${f.number(held)} of ${f.plural(total, 'pack', 'packs')},`,
      snapshots: (held: number | null, total: number) =>
        held === null
          ? 'and it takes too long to say which snapshots.'
          : `and ${f.number(held)} of ${f.plural(total, 'snapshot', 'snapshots')}.`,
      column: 'If it falls',
      each: (margin: number) =>
        margin < 0 ? 'not all comes back' : margin === 0 ? 'no further one may' : `${f.number(margin)} more may`,
    },
    founded: (community: string, count: number) => `Community ${community} is founded with ${boxes(count)}.`,
    is: (community: string, number: number) => `Community ${community}, charter ${f.number(number)}`,
    code: (n: number, k: number) =>
      n === 1
        ? 'Each pack is copied to one host: weak, until more organisations join.'
        : `Each pack becomes ${f.plural(n, 'fragment', 'fragments')} on as many hosts; any ${f.number(k)} ${k === 1 ? 'brings' : 'bring'} it back, ${f.number(n - k)} may be lost.`,
    alone: 'No other box keeps anything yet: invite another organisation with datis community invite.',
    invited: (until: string) => `This code lets one organisation join, once, until ${until}:`,
    advice: 'Hand it over where nobody else reads it: whoever has it first may join.',
    joined: (community: string) => `This box is now in community ${community}.`,
    next: (data: string) =>
      `Next, let this box run, so that others may keep on it and it on them: datis box run --data ${data}`,
    nextRunning: (data: string) => `Next, say what this box saves: datis source add NAME PATH --data ${data}`,
    waits: (approvals: number, needed: number) =>
      approvals < needed
        ? `Approved by ${f.number(approvals)} of ${f.plural(needed, 'organisation', 'organisations')} needed; others do so with datis community approve.`
        : 'Enough organisations approve; it takes effect as soon as more than half of them answer.',
    done: 'Done: more than half of all organisations have signed the new list of members.',
    nothingWaits: 'Nothing waits for approvals.',
    approve: 'Approve with: datis community approve ACT',
    joinedAct: 'This was asked for already: your organisation approves of it, too.',
    invitation: (id: string) => `invitation ${id}`,
    invitationFor: (id: string, whom: string) => `invitation ${id} for ${whom}`,
    invitations: 'Open invitations; one is taken back with: datis community revoke ID',
    revocable: (id: string) => `It is taken back with: datis community revoke ${id}`,
    column: { box: 'Id of the box', organisation: 'Of the organisation', for: 'For', until: 'Good until' },
    out: {
      left: 'This organisation has left the community.',
      expelled: 'This organisation was put out of the community.',
    },
    alarm: (number: number) =>
      `ALARM: there are two valid lists of members with the number ${f.number(number)}. These organisations signed both:`,
    kinds: {
      invite: 'invite',
      admit: 'admit',
      box: 'add a box',
      addresses: 'change addresses',
      'remove-box': 'take a box out',
      leave: 'leave',
      expel: 'put out',
      'revoke-invitation': 'take back an invitation',
    } as Record<string, string>,
  }
}

export type CommunityWords = ReturnType<typeof communityWordsEn>
