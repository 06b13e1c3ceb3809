/**
 * Bugs that the suite must notice (security rule 15). They are planted in a copy of the tree only: no switch for them
 * is in what is shipped. `from` stands exactly once in its file; `caughtBy` fails while `to` stands in its place.
 */
export interface CaughtBy {
  readonly file: string
  /** How the names of the tests begin. */
  readonly tests: string
}

export interface PlantedBug {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly caughtBy: readonly CaughtBy[]
}

function by(file: string, tests: string): readonly CaughtBy[] {
  return [{ file, tests }]
}

const HOSTING = 'src/dispersal/hosting/hosting.test.ts'
const HEADS = 'src/dispersal/heads.test.ts'
const DAMAGE = 'src/dispersal/hosting/damage.test.ts'
const SEALING = 'src/crypto/sealing.test.ts'
const RESTORE = 'src/storage/restore.test.ts'
const CHARTER = 'src/community/charter.test.ts'
const AGREEMENT = 'src/community/agreement.test.ts'
const REBASE = 'src/storage/rebase.test.ts'
const RELEASES = 'src/dispersal/hosting/releases.test.ts'
const CONTACTS = 'src/dispersal/hosting/contacts.test.ts'
const BRAKE = 'src/dispersal/hosting/brake.test.ts'
const GAPS = 'test/teeth/gaps.test.ts'
const ROOT_WORDS = 'test/long/root-words.test.ts'
const TRANSPORT = 'test/conformance/transport.test.ts'

export const PLANTED: readonly PlantedBug[] = [
  {
    name: 'a pack is renamed before it is on the disk',
    file: 'src/storage/pack-files.ts',
    from: '  file.write(bytes, 0)\n  file.sync()\n',
    to: '  file.write(bytes, 0)\n',
    caughtBy: by('test/long/vault-crash.test.ts', 'a power cut at any disk call loses nothing'),
  },
  {
    name: 'a hosted fragment is acknowledged before it is on the disk',
    file: 'src/base/disk-tools.ts',
    from: '    file.write(bytes, 0)\n    file.sync()\n',
    to: '    file.write(bytes, 0)\n',
    caughtBy: by(HOSTING, 'power may fail at any disk call of a PUT'),
  },
  {
    name: 'the name of a hosted fragment is acknowledged before it is on the disk',
    file: 'src/base/disk-tools.ts',
    from: '  disk.rename(temp, joinPath(folder, name))\n  disk.syncFolder(folder)\n',
    to: '  disk.rename(temp, joinPath(folder, name))\n',
    caughtBy: by(HOSTING, 'power may fail at any disk call of a PUT'),
  },
  {
    name: 'hosted log frames are acknowledged before they are on the disk',
    file: 'src/dispersal/hosting/log-files.ts',
    from: '  file.write(bytes, at)\n  file.sync()\n',
    to: '  file.write(bytes, at)\n',
    caughtBy: by(HOSTING, 'power may fail at any disk call while a log is appended'),
  },
  {
    name: 'a host overwrites a fragment with other bytes',
    file: 'src/dispersal/hosting/fragment-jobs.ts',
    from: "    const found = existing(disk, input)\n    if (found.state !== 'none'",
    to: "    const found = { state: 'none' } as Existing\n    if (found.state !== 'none'",
    caughtBy: by(HOSTING, 'a fragment is never overwritten'),
  },
  {
    name: 'a fragment is taken whatever its Merkle root',
    file: 'src/dispersal/fragment-file.ts',
    from: "  if (!bytesEqual(merkleRoot(payload), fromHex(root))) throw fragmentInvalid('root')\n",
    to: '',
    caughtBy: by(HOSTING, 'a bit flipped anywhere in a fragment is detected'),
  },
  {
    name: 'a host takes a fragment of a row that is for another host',
    file: 'src/dispersal/hosting/fragment-jobs.ts',
    from: 'if (fresh.placed.hosts[input.row] !== input.host) {',
    to: 'if (fresh.placed.hosts.length === 0) {',
    caughtBy: by(HOSTING, 'a fragment for another host'),
  },
  {
    name: 'a host takes a head whose number does not follow',
    file: 'src/dispersal/hosting/head-rules.ts',
    from: 'if (next.head.number !== number + 1) {',
    to: 'if (next.head.number < 0) {',
    caughtBy: by(HEADS, 'heads follow one another'),
  },
  {
    name: 'a host takes another head of a number that it holds',
    file: 'src/dispersal/hosting/owner-room.ts',
    from: 'else if (held.hash === one.hash) index++',
    to: 'else if (held !== null) index++',
    caughtBy: by(HEADS, 'heads follow one another'),
  },
  {
    name: 'a host takes a lower incarnation',
    file: 'src/dispersal/hosting/head-rules.ts',
    from: 'if (known === null || incarnation.count > known.count) return',
    to: 'if (known === null || incarnation.count >= 0) return',
    caughtBy: by(HEADS, 'lower incarnations'),
  },
  {
    name: 'a host signs for a head whose log it lacks',
    file: 'src/dispersal/hosting/owner-room.ts',
    from: 'if (await this.#hostedLog.holds(head.log)) continue',
    to: 'if (head.log.frames >= 0) continue',
    caughtBy: by(HEADS, 'no receipt without the keyring and the whole log'),
  },
  {
    name: 'the commitment to the key is not compared before decryption',
    file: 'src/crypto/sealing.ts',
    from: '  if (!timingSafeEqual(commitment, sealed.subarray(FRESH_BYTES, BODY_OFFSET)))',
    to: '  if (!timingSafeEqual(commitment, commitment))',
    caughtBy: by(SEALING, 'another key, binding, box, id or purpose fails on the commitment'),
  },
  {
    name: 'the plain length that is told is not compared with what is sealed',
    file: 'src/crypto/sealing.ts',
    from: 'return fields.codec !== SEAL_CODEC_STORED || fields.plainBytes === sealedPlainBytes',
    to: 'return true',
    caughtBy: by(SEALING, 'too short, too long, or of another length than told'),
  },
  {
    name: 'a certificate is not verified under the root',
    file: 'src/crypto/certificate.ts',
    from: "  if (!x509.verify(rootKey)) throw invalid('signature')\n",
    to: '',
    caughtBy: by('src/crypto/certificate.test.ts', 'a certificate of another root is refused'),
  },
  {
    name: 'whoever has a certificate of any root is let in',
    file: 'src/network/admission.ts',
    from: "  if (roots !== 'any' && !new Set(roots).has(organisation)) throw stranger('unknown-root')\n",
    to: '',
    caughtBy: by(TRANSPORT, 'strangers are cut'),
  },
  {
    name: 'the word of the admission is ignored',
    file: 'src/network/admission.ts',
    from: "  if (admitted === false) throw stranger('not-admitted')\n",
    to: '',
    caughtBy: by(TRANSPORT, 'strangers are cut'),
  },
  {
    name: 'sessions under a certificate that the root replaced live on',
    file: 'src/network/session-pool.ts',
    from: '    for (const pooled of [...live]) if (pooled.certificate !== certificate) this.#drop(live, pooled)\n',
    to: '',
    caughtBy: by('src/network/session-pool.test.ts', 'under a new certificate of ours'),
  },
  {
    name: 'a charter dated into the future is voted for',
    file: 'src/community/acceptor.ts',
    from: "    if (at > latest) throw refused('charter-ahead')\n",
    to: '',
    caughtBy: by(AGREEMENT, 'nothing that is dated a day ahead'),
  },
  {
    name: 'rows of members that left go nowhere',
    file: 'src/dispersal/placement.ts',
    from: '  if (gone === 0) return null\n',
    to: '  return null\n',
    caughtBy: by('src/dispersal/disperser.test.ts', 'rows of a member that left go to a spare host'),
  },
  {
    name: 'log frames need not follow the hash of the one before',
    file: 'src/crypto/frames.ts',
    from: "    if (frame.previous !== end.hash) throw chainBroken(end.frames, 'previous')\n",
    to: '',
    caughtBy: by('src/crypto/frames.test.ts', 'frames left out, repeated'),
  },
  {
    name: 'a torn tail stays in the log',
    file: 'src/storage/log.ts',
    from: '    file.truncate(end)\n',
    to: '',
    caughtBy: by(GAPS, 'nothing of a torn frame stays'),
  },
  {
    name: 'damage in the middle of the log is cut away as if it were torn',
    file: 'src/storage/log.ts',
    from: 'if (tail.byteLength > 0 && !this.#isTorn(tail)) throw',
    to: 'if (tail.byteLength < 0) throw',
    caughtBy: by('src/storage/log.test.ts', 'damage elsewhere is never cut away'),
  },
  {
    name: 'the name .. passes in a tree',
    file: 'src/storage/tree.ts',
    from: "    name !== '..' &&\n",
    to: '',
    caughtBy: by('src/storage/tree.test.ts', 'what could lead out of a folder'),
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
    name: 'parity rows have a wrong coefficient',
    file: 'src/coding/matrix.ts',
    from: 'return multiply(k + j, inverse((k + j) ^ i))',
    to: 'return multiply(k + j + 1, inverse((k + j) ^ i))',
    caughtBy: by('src/coding/vectors.test.ts', 'the parity rows of RS'),
  },
  {
    name: 'one receipt is enough for a head',
    file: 'src/dispersal/counting.ts',
    from: 'return Math.min(h, Math.max(majority(h), n - k + 2))',
    to: 'return Math.min(n - k, 1)',
    caughtBy: by('src/dispersal/pure.test.ts', 'receipts and answers that rule 4 asks for'),
  },
  {
    name: 'chunks are not compared with their ids',
    file: 'src/storage/group.ts',
    from: "    if (!bytesEqual(id, chunk.id)) throw packDamaged('a chunk is not what its name says', where)\n",
    to: '',
    caughtBy: by(GAPS, 'a chunk under the id of another'),
  },
  {
    name: 'a restore goes through links in its target',
    file: 'src/storage/target.ts',
    from: '    const held = this.#disk.holdFolder(path)\n    this.#held.set(',
    to: "    const link = this.#disk.stat(path).kind === 'symlink'\n    const held = this.#disk.holdFolder(link ? this.#disk.readSymlink(path) : path)\n    this.#held.set(",
    caughtBy: by(GAPS, 'a folder of the target that became a link is not opened'),
  },
  {
    name: 'folders of the target are named, not held',
    file: 'src/storage/target.ts',
    from: '    const held = this.#disk.holdFolder(path)\n    this.#held.set(',
    to: '    const held = { path, [Symbol.dispose]: () => undefined }\n    this.#held.set(',
    caughtBy: by(RESTORE, 'a folder that is swapped for a link during the restore'),
  },
  {
    name: 'another log may replace what a head names',
    file: 'src/dispersal/hosting/owner-room.ts',
    from: 'if (from < (this.#heads.newest?.head.log.frames ?? 0)) {',
    to: 'if (from < 0) {',
    caughtBy: by(HEADS, 'another log replaces what no head names'),
  },
  {
    name: 'what a box logged while it was behind is dropped',
    file: 'src/storage/log.ts',
    from: '    for (const batch of recordsToAppend(fresh, ours)) log.append(batch)\n',
    to: '',
    caughtBy: by(REBASE, 'what hosts know comes first'),
  },
  {
    name: 'the log of hosts takes its place before it is on the disk',
    file: 'src/storage/log.ts',
    from: '    this.#sync(file)\n    for (const frame of frames)',
    to: "    if (!this.#path.includes('/tmp/')) this.#sync(file)\n    for (const frame of frames)",
    caughtBy: by(REBASE, 'a power cut at any disk call'),
  },
  {
    name: 'a box goes on from another branch of its heads',
    file: 'src/dispersal/catch-up.ts',
    from: 'if (newest !== null && first?.head.previous !== newest.hash) {',
    to: 'if (first === undefined) {',
    caughtBy: by('src/dispersal/disperser.test.ts', 'another branch of heads'),
  },
  {
    name: 'answers to a recovery are counted over whoever answers',
    file: 'src/dispersal/recover.ts',
    from: 'const organisations = new Set(highest.head.organisations)',
    to: 'const organisations = new Set([...this.#answers.values()].map(({ peer }) => peer.organisation))',
    caughtBy: by('src/dispersal/recover.test.ts', 'too few answers'),
  },
  {
    name: 'a host that cannot read what it keeps counts as an answer to a recovery',
    file: 'src/dispersal/recover.ts',
    from: 'if (damaged.includes(owner.box)) {',
    to: 'if (damaged.includes(peer.organisation)) {',
    caughtBy: by('src/dispersal/recover.test.ts', 'a host that cannot read what it keeps of us'),
  },
  {
    name: 'a host signs for a head over a log that it knows to be damaged',
    file: 'src/dispersal/hosting/hosted-log.ts',
    from: 'return this.#damaged === null || frames <= this.#damaged',
    to: 'return true',
    caughtBy: by(DAMAGE, 'no receipt for the newest head'),
  },
  {
    name: 'any head fills the place of a damaged one',
    file: 'src/dispersal/hosting/owner-room.ts',
    from: 'if (next.head.previous !== last.hash) return await this.#fork(last)',
    to: '',
    caughtBy: by(DAMAGE, 'in the place of a damaged head'),
  },
  {
    name: 'a log is cut at a damaged frame while its owner is away',
    file: 'src/dispersal/hosting/owner-room.ts',
    from: 'if (byOwner && at === undefined)',
    to: 'if (at === undefined)',
    caughtBy: by(DAMAGE, 'a recovery reads the good frames'),
  },
  {
    name: 'whoever asks first owns what lost its state',
    file: 'src/dispersal/hosting/hosted-state.ts',
    from: '  if (names.some(',
    to: '  if (folder.length === 0 && names.some(',
    caughtBy: by(DAMAGE, 'an owner whose state is damaged'),
  },
  {
    name: 'any marker lets a recovery wipe a folder',
    file: 'src/box/recovery-marker.ts',
    from: "verifyCertificate(certificate, organisation).role === 'recovery'",
    to: 'organisation.length > 0',
    caughtBy: by('src/box/recover.test.ts', 'no marker makes a recovery wipe'),
  },
  {
    name: 'two recoveries in one minute sign the same epoch',
    file: 'src/box/recover.ts',
    from: 'Math.floor(this.#world.clock.wall())',
    to: 'Math.floor(this.#world.clock.wall() / 60_000)',
    caughtBy: by('src/box/recover.test.ts', 'two recoveries by the same words'),
  },
  {
    name: 'the data folder is known by its name',
    file: 'src/box/operations/restore.ts',
    from: 'if (stat.device === own.device && stat.inode === own.inode) {',
    to: 'if (path.startsWith(box.folder)) {',
    caughtBy: by('src/box/operations/restore.test.ts', 'nothing is restored into the data folder'),
  },
  {
    name: 'a box enters a community that does not list it',
    file: 'src/box/operations/community.ts',
    from: '  listedIn(charter, box)\n',
    to: '',
    caughtBy: by('src/box/operations/community.test.ts', 'a box enters no community'),
  },
  {
    name: 'the answer of the root may be for another key',
    file: 'src/box/root-requests.ts',
    from: '    !sameKey ||\n',
    to: '',
    caughtBy: by('src/box/root-requests.test.ts', 'an answer for another box'),
  },
  {
    name: 'other words than those of the owner sign against a thief',
    file: 'src/box/root-requests.ts',
    from: "if (request.kind !== 'epoch' && request.organisation !== root.organisation) {",
    to: "if (request.kind === 'certificate' && request.organisation !== root.organisation) {",
    caughtBy: by('src/box/root-verdicts.test.ts', 'a request is signed by the words of the owner alone'),
  },
  {
    name: 'a box that is back condemns what it put itself',
    file: 'src/box/operations/root.ts',
    from: 'head: { number: head.number, hash }, epoch: head.epoch })',
    to: 'head: { number: head.number, hash }, epoch: Math.max(head.epoch, box.settings.epoch) })',
    caughtBy: by(ROOT_WORDS, 'a box that is back condemns what the thief put'),
  },
  {
    name: 'an undo that reached a part of the releases says that it took back all',
    file: 'src/box/operations/root.ts',
    from: 'if (until !== null && isLaterOrder(last, until)) behind.add(host)',
    to: 'if (until === null && isLaterOrder(last, last)) behind.add(host)',
    caughtBy: by(ROOT_WORDS, 'a thief with the key of the box releases all'),
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
    name: 'who was put out goes on writing',
    file: 'src/dispersal/hosting/hosting.ts',
    from: '    if (peer.former && !reading) throw refused(owner)\n',
    to: '',
    caughtBy: by('test/sim/community.test.ts', 'who was put out fetches what is its own'),
  },
  {
    name: 'a host purges what was released however short ago',
    file: 'src/dispersal/hosting/release-state.ts',
    from: 'return !entry.purged && now - entry.at >= PURGE_AFTER_MS',
    to: 'return !entry.purged && now >= entry.at',
    caughtBy: by(RELEASES, 'nothing is purged before 44 lived days'),
  },
  {
    name: 'a host trusts its wall clock',
    file: 'src/dispersal/hosting/lived-time.ts',
    from: 'const step = Math.min(clocks.monotonic - this.#last.monotonic, clocks.wall - this.#last.wall)',
    to: 'const step = clocks.wall - this.#last.wall',
    caughtBy: by('test/long/release-clock.test.ts', 'whatever the wall clock does'),
  },
  {
    name: 'a host purges although its clocks disagree',
    file: 'src/dispersal/hosting/release-room.ts',
    from: 'const batch = lived.frozen ? [] : due.slice(0, PURGE_BATCH_MAX)',
    to: 'const batch = due.slice(0, PURGE_BATCH_MAX)',
    caughtBy: by(RELEASES, 'clocks that disagree stop the purge'),
  },
  {
    name: 'the brake takes its share of both classes together',
    file: 'src/dispersal/hosting/brake.ts',
    from: 'const least = leastHeld(view, packClass)',
    to: "const least = leastHeld(view, 'data') + leastHeld(view, 'metadata')",
    caughtBy: by(BRAKE, 'a tenth in 7 days'),
  },
  {
    name: 'bytes that a thief adds make the brake give way',
    file: 'src/dispersal/hosting/brake.ts',
    from: 'if (bytes > this.#room[packClass] || days.some(({ left }) => bytes > left[packClass])) return false',
    to: 'if (bytes > this.#room[packClass]) return false',
    caughtBy: by(BRAKE, 'a thief who adds and releases'),
  },
  {
    name: 'a host purges what was cancelled',
    file: 'src/dispersal/hosting/release-room.ts',
    from: 'await this.#save({ ...state, entries: state.entries.filter((entry) => !gone.has(entry)) })',
    to: 'await this.#save(state)',
    caughtBy: by(RELEASES, 'the owner takes its release back'),
  },
  {
    name: 'a fragment that is put again stays released',
    file: 'src/dispersal/hosting/fragment-room.ts',
    from: '      await this.#rules.revive({ stripe, row })\n',
    to: '',
    caughtBy: by(RELEASES, 'a fragment that is put again is held'),
  },
  {
    name: 'keys of the own organisation undo its releases',
    file: 'src/dispersal/release-statements.ts',
    from: "  if (organisation === owner.organisation) throw wrong(kind, 'own')\n",
    to: '',
    caughtBy: by(RELEASES, 'root and a box of another member undo'),
  },
  {
    name: 'a release that comes late counts',
    file: 'src/dispersal/hosting/release-room.ts',
    from: 'if (!isLater(release, this.#loaded().last)) return this.#answer(release.stripes, found, [])',
    to: '',
    caughtBy: by(RELEASES, 'a release that comes late or twice'),
  },
  {
    name: 'old contacts are forgotten at once',
    file: 'src/dispersal/hosting/contacts-state.ts',
    from: '{ ...person, left: FORMER_CONTACTS_MS }',
    to: '{ ...person, left: 0 * FORMER_CONTACTS_MS }',
    caughtBy: by(CONTACTS, 'old contacts are told for 90 lived days'),
  },
  {
    name: 'a list of contacts that changes often pushes old ones out',
    file: 'src/dispersal/hosting/contacts-state.ts',
    from: '  if (former.length > FORMER_CONTACTS_MAX && contacts.epoch === orderOf(state).epoch) return null\n',
    to: '',
    caughtBy: by(CONTACTS, 'who changes the contacts often'),
  },
  {
    name: 'a warning that did not go counts as told',
    file: 'src/dispersal/hosting/contacts-room.ts',
    from: 'upTo === null ? afterFailure(state, address) : afterMail(state, address, { upTo, at })',
    to: 'upTo === null ? afterMail(state, address, { upTo: 1, at }) : afterMail(state, address, { upTo, at })',
    caughtBy: by(CONTACTS, 'a mail that does not go is tried again'),
  },
  {
    name: 'an address that a mail server refuses keeps mail from the others',
    file: 'src/box/warnings.ts',
    from: "trouble = SERVER_TROUBLE.includes(trouble ?? '') ? trouble",
    to: 'trouble = trouble !== null ? trouble',
    caughtBy: by('src/box/warnings.test.ts', 'one address that a server refuses'),
  },
  {
    name: 'space is not reserved before a fragment is written',
    file: 'src/dispersal/hosting/space.ts',
    from: 'this.#reserved.set(organisation, (this.#reserved.get(organisation) ?? 0) + bytes)',
    to: 'this.#reserved.set(organisation, 0 * bytes)',
    caughtBy: by('src/dispersal/hosting/space.test.ts', 'fragments that come all at once'),
  },
]
