/** Whether boxes reach one another, in words: what was found, and what to do. */
export const peerWordsEn = {
  none: 'There is no other box in this community yet.',
  neverProbed: 'Whether others reach this box is not known yet: datis peer probe.',
  state: { answers: 'answers', lent: 'answers, cannot be dialled', silent: 'silent' },
  verdict: {
    reachable: 'Others reach this box.',
    closed: 'Nobody reaches this box: connections to its address are refused.',
    filtered: 'Nobody reaches this box: connections to its address are lost without an answer.',
    other: 'Nobody reaches this box: another machine or program answers at its address.',
    shared:
      'Nobody reaches this box: the operator shares its public address among several customers (CGNAT), or a second router stands before yours.',
    inside: 'This box answers inside its own network only.',
    changed: 'Nobody reaches this box: its public address has changed.',
    intercepted: 'Somebody on the line answers in the name of other machines: encrypted connections are intercepted.',
    unresolved: 'Nobody reaches this box: the name of its address leads nowhere.',
    unknown: 'Whether others reach this box is not known: no member could be asked.',
  },
  short: {
    reachable: 'reached',
    closed: 'refused',
    filtered: 'no answer',
    other: 'another machine answers',
    shared: 'shared address',
    inside: 'from inside only',
    changed: 'address has changed',
    intercepted: 'intercepted',
    unresolved: 'no such name',
    unknown: 'not known',
  },
  atRest: (data: string) =>
    `This box does not run: it was open for this probe alone, and keeps nothing for others until you start it: datis box run --data ${data}`,
  meanwhile: 'Meanwhile this box hosts over connections that it opens itself.',
  advice: {
    closed: 'On the router, redirect the port of the address (TCP) to this box.',
    filtered: 'On the router and on firewalls, redirect the port of the address (TCP) to this box and let it in.',
    other:
      'On the router, redirect the port to this box and not elsewhere; where another service needs that port, give this box another one: datis community address HOST:PORT.',
    shared:
      'Ask the operator for a public address of your own (IPv4, “full stack”, or IPv6), or put your router in place of the second one.',
    inside:
      'The redirection of the router works from inside only: allow it for connections from the Internet, and tell the community the public address: datis community address HOST:PORT.',
    changed:
      'Tell the community the new address: datis community address HOST:PORT. With an address that changes often, use a name that follows it.',
    intercepted:
      'A firewall or proxy inspects encrypted connections. Have it leave the port of Datis alone; no data was shown to it, since boxes refuse such connections.',
    unresolved:
      'Mend the name at your provider of names, or tell the community another address: datis community address HOST:PORT.',
    unknown: 'Check the line of this box, and see datis peer list; try again once a member answers.',
  },
  outcome: {
    box: 'a box',
    other: 'something else',
    refused: 'refused',
    silent: 'no answer',
    unreachable: 'no way there',
    unresolved: 'no such name',
    private: 'private',
  },
  announce: (address: string) => `It answers at ${address}: datis community address ${address}`,
  saw: (name: string, from: string, looks: string) => `${name} sees this box come from ${from}; it found ${looks}.`,
  router: (address: string) => `The router of this network says that its public address is ${address}.`,
}

export type PeerWords = typeof peerWordsEn
