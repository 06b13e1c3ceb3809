/** A box from nothing but its words and one member that answers: security rule 4, docs/protocol/recovery.md. */
import { type BytePath, codeOf, DatisError, type Workers, writeDurably } from '#base'
import { type Charter, CharterStore, decodeCharter, findBox, forgetPromises } from '#community'
import {
  type BoxKeys,
  boxKeysFromSeed,
  decodeEpoch,
  encodeSigned,
  entropyFromWords,
  issueCertificate,
  type RootKeys,
  rootKeysFromEntropy,
  unwrapKeyring,
} from '#crypto'
import {
  type AskedMember,
  fetchPack,
  HostLatencies,
  OwnHeads,
  placedFromStatement,
  Recovery,
  type RecoveryFinding,
} from '#dispersal'
import { isLoopback, parseAddress } from '#network'
import type { Vault } from '#storage'
import {
  type BoxSecrets,
  type BoxSettings,
  ensureBoxFolders,
  foldersOf,
  prepareEmptyFolder,
  writeSecrets,
  writeSettings,
} from './data-folder.ts'
import { absentMetadata, fetchMetadata, type MissingPack } from './metadata.ts'
import { openBoxVault } from './opened-box.ts'
import { shownInstant } from './operations/shown.ts'
import type { OperationContext, RecoverArguments, RecoverResult } from './operations.ts'
import { PrivateFiles } from './private-files.ts'
import { markBegun, startOver, unmark } from './recovery-marker.ts'
import { signEpoch } from './root-requests.ts'
import type { World } from './world.ts'

const NO_BOX = '0'.repeat(32)

export async function recoverBoxIn(
  world: World,
  folder: BytePath,
  args: Omit<RecoverArguments, 'folder'>,
  context: OperationContext,
): Promise<RecoverResult> {
  const root = rootKeysFromEntropy(entropyFromWords(args.words))
  startOver(world, folder, root.organisation)
  prepareEmptyFolder(world.disk, folder)
  using _lock = world.lock(folder)
  const keys = boxKeysFromSeed(world.random.bytes(32))
  const certificate = recoveryCertificate(world, root, keys)
  let members: readonly AskedMember[] = []
  const onProgress: OperationContext['onProgress'] = (event) => context.onProgress({ ...event, members })
  onProgress({ phase: 'recover' })
  const onAsked = (asked: readonly AskedMember[]) => {
    members = asked
    onProgress({ phase: 'recover' })
  }
  await using recovery = new Recovery(
    { clock: world.clock, log: world.log, dial: dialler(world, certificate, keys), onAsked },
    {
      organisation: root.organisation,
      contacts: args.peers,
      ...(args.box === undefined ? {} : { box: args.box }),
      ...(args.before === undefined ? {} : { before: Temporal.Instant.from(args.before).epochMilliseconds }),
    },
  )
  const finding = await recovery.find(context.signal)
  markBegun(world.disk, folder, certificate)
  const rebuilding = new Rebuilding(world, folder, { root, keys, recovery, finding }, { ...context, onProgress })
  await rebuilding.run()
  return { ...shownFinding(finding), missing: rebuilding.missing, members }
}

function recoveryCertificate(world: World, root: RootKeys, keys: BoxKeys): Uint8Array {
  const claims = {
    box: NO_BOX,
    organisation: root.organisation,
    epoch: 1,
    role: 'recovery',
    publicKey: keys.publicKey,
  } as const
  return issueCertificate(root, claims, world.random)
}

function dialler(world: World, certificate: Uint8Array, keys: BoxKeys) {
  const identity = { certificate, privatePem: keys.privatePem, publicKey: keys.publicKey }
  const admission = { roots: () => 'any', admit: () => true } as const
  return (address: string, signal: AbortSignal) =>
    world.transport.dial(parseAddress(address), { identity, admission, signal })
}

interface Found {
  readonly root: RootKeys
  readonly keys: BoxKeys
  readonly recovery: Recovery
  readonly finding: RecoveryFinding
}

class Rebuilding {
  readonly #world: World
  readonly #folder: BytePath
  readonly #found: Found
  readonly #context: OperationContext
  readonly #missing: MissingPack[] = []

  constructor(world: World, folder: BytePath, found: Found, context: OperationContext) {
    this.#world = world
    this.#folder = folder
    this.#found = found
    this.#context = context
  }

  /** The settings come last: a folder with `box.cbor` is a box, and one without it still bears the marker. */
  async run(): Promise<void> {
    const { disk } = this.#world
    const { recovery, finding, root, keys } = this.#found
    const { owner, head } = finding
    const wrappedKeyring = await recovery.keyring(owner, head, this.#context.signal)
    const keyring = unwrapKeyring(wrappedKeyring, root)
    const epoch = this.#nextEpoch()
    const claims = {
      box: owner.box,
      organisation: owner.organisation,
      epoch,
      role: 'box',
      publicKey: keys.publicKey,
    } as const
    const secrets = { keys, certificate: issueCertificate(root, claims, this.#world.random), keyring, wrappedKeyring }
    ensureBoxFolders(disk, this.#folder)
    writeSecrets(new PrivateFiles(this.#world, this.#folder, owner.box), secrets)
    const charter = this.#keepCharter()
    this.#keepHistory(secrets, epoch)
    const settings = await this.#fillVault(secrets, charter, epoch)
    writeSettings(disk, this.#folder, settings)
    unmark(disk, this.#folder)
  }

  /**
   * Above every epoch that was found, and drawn from the time: a second recovery that meets other members than the
   * first must not sign the same number again. In milliseconds, since two may be begun in one minute.
   */
  #nextEpoch(): number {
    const { epoch, highest } = this.#found.finding
    const known = Math.max(epoch === null ? 1 : decodeEpoch(epoch.body).epoch, highest.head.epoch)
    return Math.max(known + 1, Math.floor(this.#world.clock.wall()))
  }

  /**
   * Of the chains on offer, the longest that lists this box, as far as it does: each was once exactly what the head
   * names.
   */
  #keepCharter(): Charter {
    const { chains, owner } = this.#found.finding
    const folder = foldersOf(this.#folder)
    const { disk } = this.#world
    const [longest] = chains.map((chain) => listing(chain, owner)).sort((a, b) => b.length - a.length)
    if (longest === undefined || longest.length === 0) {
      throw new DatisError('RECOVERY_NO_CHARTER', 'No member list that anybody offers has this box in it.', {
        offered: chains.length,
      })
    }
    const store = new CharterStore(disk, folder.charters)
    for (const signed of longest) store.append(signed)
    // What this box promised before the fire burnt with it.
    forgetPromises(disk, folder.community)
    return store.current ?? never()
  }

  #keepHistory(secrets: BoxSecrets, epoch: number): void {
    const { disk, clock, random, log } = this.#world
    const { root, keys, finding } = this.#found
    const { owner, head } = finding
    const statement = signEpoch(root, {
      box: owner.box,
      epoch,
      lastGood: { number: head.head.number, hash: head.hash },
      publicKey: keys.publicKey,
      at: clock.wall(),
    })
    const folder = foldersOf(this.#folder).heads
    const signer = { ...owner, epoch, key: keys.signingKey, certificate: secrets.certificate }
    new OwnHeads({ disk, clock, random, log }, { folder, signer: () => signer }).adopt(finding.chain)
    writeDurably(disk, folder, 'epoch.cbor', encodeSigned(statement))
  }

  async #fillVault(secrets: BoxSecrets, charter: Charter, epoch: number): Promise<BoxSettings> {
    const { finding, root } = this.#found
    const { owner } = finding
    await using stack = new AsyncDisposableStack()
    const known = { box: owner.box, organisation: owner.organisation, rootSealing: root.public.sealing, epoch }
    const address = findBox(charter, owner.box)?.addresses[0] ?? ''
    const listed = { ...known, name: 'box', zone: 'UTC', listen: listenFor(address), address }
    const vault = stack.use(
      await openBoxVault(this.#world, this.#folder, { settings: listed, secrets, charter: () => charter }, stack),
    )
    for (const page of await this.#found.recovery.log(owner, finding.head, this.#context.signal)) vault.adoptLog(page)
    await this.#fetchMetadata(vault, stack)
    await vault.reindex({ signal: this.#context.signal })
    const { boxName, zone } = vault.settings()
    return { ...listed, name: boxName === '' ? listed.name : boxName, zone }
  }

  async #fetchMetadata(vault: Vault, stack: AsyncDisposableStack): Promise<void> {
    const workers = stack.use(this.#world.startWorkers(1))
    const asked = absentMetadata(vault).length
    const onProgress = (bytesDone: number, bytesTotal: number): void =>
      this.#context.onProgress({ phase: 'recover', bytesDone, bytesTotal })
    const fetch = this.#packFetcher(vault, workers)
    this.#missing.push(...(await fetchMetadata({ vault, fetch, onProgress }, this.#context.signal)))
    for (const { stripe, error } of this.#missing) {
      this.#world.log.warn('recovery.pack.missing', { stripe, code: codeOf(error) })
    }
    if (asked > 0 && this.#missing.length === asked) throw this.#missing[0]?.error
  }

  #packFetcher(vault: Vault, workers: Workers): (id: string, signal: AbortSignal) => Promise<Uint8Array> {
    const { clock, log } = this.#world
    const { recovery, finding } = this.#found
    const deps = { clock, log, workers, hosts: recovery.hosts, latencies: new HostLatencies() }
    return async (id, signal) => {
      const record = vault.placement(id)
      const placed = record === undefined ? null : placedFromStatement(record.statement, record.rows)
      const request = { owner: finding.owner, stripe: id, placed, candidates: finding.hosts }
      return await fetchPack(deps, request, signal)
    }
  }

  /** Metadata packs that nobody who answered could give back. */
  get missing(): string[] {
    return this.#missing.map(({ stripe }) => stripe)
  }
}

function listing(
  chain: RecoveryFinding['chains'][number],
  { box, organisation }: { box: string; organisation: string },
) {
  const last = chain.findLastIndex(({ body }) => findBox(decodeCharter(body), box)?.organisation === organisation)
  return chain.slice(0, last + 1)
}

function never(): never {
  throw new Error('a chain that was kept has a newest charter')
}

/** Where the box listened is not known to its peers: its port is, and a loopback address stays one. */
function listenFor(address: string): string {
  const known = parseAddress(address)
  return isLoopback(known) ? address : `[::]:${known.port}`
}

function shownFinding(finding: RecoveryFinding): Omit<RecoverResult, 'missing' | 'members'> {
  const shown = ({ number, at }: { number: number; at: number }) => ({ number, at: shownInstant(at) })
  return {
    box: finding.owner.box,
    head: shown(finding.head.head),
    newest: finding.newest && finding.head.hash === finding.highest.hash,
    answered: finding.answered,
    hosts: finding.hosts,
    earlier: finding.earlier.map(shown),
  }
}
