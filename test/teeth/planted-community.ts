/** Bugs of the community. */
import { by, type PlantedBug } from './planted-bug.ts'

const CHARTER = 'src/community/charter.test.ts'
const AGREEMENT = 'src/community/agreement.test.ts'
const GAPS = 'test/teeth/gaps.test.ts'

export const COMMUNITY_BUGS: readonly PlantedBug[] = [
  {
    name: 'a charter dated into the future is voted for',
    file: 'src/community/acceptor.ts',
    from: "    if (at > latest) throw refused('charter-ahead')\n",
    to: '',
    caughtBy: by(AGREEMENT, 'nothing that is dated a day ahead'),
  },
  {
    name: 'each box of an organisation has a voice on a charter',
    file: 'src/community/signing.ts',
    from: '    signers.add(organisation)\n',
    to: '    signers.add(box)\n',
    caughtBy: by(CHARTER, 'a second box of one organisation adds no voice'),
  },
  {
    name: 'a charter lists an organisation twice',
    file: 'src/community/charter.ts',
    from: "  if (!distinct(charter.members.map(({ organisation }) => organisation))) throw invalid('organisation-twice')\n",
    to: '',
    caughtBy: by(GAPS, 'one organisation under two members'),
  },
  {
    name: 'a vote is given before it is on the disk',
    file: 'src/community/acceptor.ts',
    from: '    this.#write({ ...state, promised: ballot, accepted: { claim, body, proof: writableProof(proof) } })\n',
    to: '',
    caughtBy: by(AGREEMENT, 'a power cut at any disk call'),
  },
  {
    name: 'a proposal needs no promises of a majority',
    file: 'src/community/proof.ts',
    from: 'promises.size < majorityOf(this.#parent.members.length)',
    to: 'promises.size < 1',
    caughtBy: by(AGREEMENT, 'votes only for what more than half'),
  },
  {
    name: 'an acceptor votes against its own later vote',
    file: 'src/community/acceptor.ts',
    from: "throw refused('voted-already')",
    to: 'return signVote(body, ballot, this.#deps.signer())',
    caughtBy: by(AGREEMENT, 'votes again only for what may have been chosen'),
  },
  {
    name: 'what was approved of once is done twice',
    file: 'src/community/chain.ts',
    from: "    if (madeBefore !== undefined && madeBefore <= number) throw invalid('act-twice')\n",
    to: '',
    caughtBy: by(CHARTER, 'an act is done once'),
  },
  {
    name: 'a joiner need not prove that it has the code',
    file: 'src/community/joining.ts',
    from: "    verifySignature('join-proof', signed, fromHex(body.key))\n",
    to: '',
    caughtBy: by('src/community/keeper.test.ts', 'a proof that was made for another connection'),
  },
  {
    name: 'a member tells what the network of its own holds',
    file: 'src/community/probe.ts',
    from: "scopeOf(other) === 'public' || scopeOf(other) === scopeOf(from)",
    to: "scopeOf(other) === 'public' || from !== ''",
    caughtBy: by('src/community/probe.test.ts', 'nobody learns from a member'),
  },
  {
    name: 'a box under another root at the address counts as ours',
    file: 'src/community/reachability.ts',
    from: 'look.box === box && look.organisation === organisation',
    to: "look.box === box && organisation !== ''",
    caughtBy: by('src/community/reachability.test.ts', 'what answers is another machine'),
  },
  {
    name: 'a box votes for its own charter before anybody else does',
    file: 'src/community/agreement.ts',
    from: 'ownVoice: true, ownLast: true,',
    to: 'ownVoice: true, ownLast: false,',
    caughtBy: by(AGREEMENT, 'a box whose clock was ten years ahead leaves nothing behind'),
  },
  {
    name: 'a receipt for another host lets this one go',
    file: 'src/community/draining.ts',
    from: "  if (owner !== asked.box || host !== leaving) throw wrong('drained', 'box')\n",
    to: "  if (owner !== asked.box && host !== leaving) throw wrong('drained', 'box')\n",
    caughtBy: by('src/community/draining.test.ts', 'a receipt of somebody else'),
  },
  {
    name: 'a box of an organisation takes boxes of others out',
    file: 'src/community/apply.ts',
    from: '  if (![signer, box].every((id)',
    to: '  if (![signer].every((id)',
    caughtBy: by('src/community/act.test.ts', 'a box of the organisation takes another one out'),
  },
]
