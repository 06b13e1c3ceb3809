/** Bugs of the layers below, and of the box as a whole. */
import { by, type PlantedBug } from './planted-bug.ts'

const HOSTING = 'src/dispersal/hosting/hosting.test.ts'
const SEALING = 'src/crypto/sealing.test.ts'
const RESTORE = 'src/storage/restore.test.ts'
const REBASE = 'src/storage/rebase.test.ts'
const GAPS = 'test/teeth/gaps.test.ts'
const ROOT_WORDS = 'test/long/root-words.test.ts'
const TRANSPORT = 'test/conformance/transport.test.ts'

export const BOX_BUGS: readonly PlantedBug[] = [
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
    name: 'parity rows have a wrong coefficient',
    file: 'src/coding/matrix.ts',
    from: 'return multiply(k + j, inverse((k + j) ^ i))',
    to: 'return multiply(k + j + 1, inverse((k + j) ^ i))',
    caughtBy: by('src/coding/vectors.test.ts', 'the parity rows of RS'),
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
    name: 'an address that a mail server refuses keeps mail from the others',
    file: 'src/box/warnings.ts',
    from: "trouble = SERVER_TROUBLE.includes(trouble ?? '') ? trouble",
    to: 'trouble = trouble !== null ? trouble',
    caughtBy: by('src/box/warnings.test.ts', 'one address that a server refuses'),
  },
]
