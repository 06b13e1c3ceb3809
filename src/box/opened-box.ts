import {
  ByteBudget,
  type BytePath,
  codeOf,
  DatisError,
  ignoring,
  joinPath,
  KiB,
  readWhole,
  type Workers,
  writeDurably,
} from '#base'
import {
  admissionFor,
  type BoxOfMember,
  type Charter,
  CharterStore,
  CommunityKeeper,
  communityBodyBytesMax,
  DrainRoute,
  findBox,
  hostsFor,
  ProbeRoute,
  type SignedCharter,
} from '#community'
import { decodeSigned, encodeSigned, type Signed } from '#crypto'
import {
  candidates,
  codesFor,
  Disperser,
  type Hosting,
  HostLatencies,
  type Hosts,
  KnownHosts,
  OwnContacts,
  OwnHeads,
  openHosting,
  Releaser,
  type Signer,
  Strays,
} from '#dispersal'
import {
  formatAddress,
  type LocalIdentity,
  type PeerListener,
  type PeerSession,
  parseAddress,
  SessionLender,
  SessionPool,
} from '#network'
import { openVault, type Vault } from '#storage'
import {
  type BoxSecrets,
  type BoxSettings,
  foldersOf,
  readSecrets,
  readSettings,
  writeSecrets,
  writeSettings,
} from './data-folder.ts'
import { Draining } from './draining.ts'
import { type LineLimits, limitAt, readLimits } from './line-limits.ts'
import { Margin } from './margin.ts'
import { operations } from './operations/index.ts'
import type { BoxClient, OperationContext, OperationName, Operations, ProbeResult } from './operations.ts'
import { PrivateFiles } from './private-files.ts'
import { unmark } from './recovery-marker.ts'
import { finishSuccession, prepareSuccession } from './succession.ts'
import type { World } from './world.ts'

const EPOCH_FILE = 'epoch.cbor'
const EPOCH_BYTES_MAX = 64 * 1024
const PAD_BLOCK_BYTES = 4 * KiB

/** A box whose data folder this process owns. */
export class OpenedBox implements BoxClient {
  readonly runs = false
  readonly world: World
  readonly folder: BytePath
  /** The chain of the community that the box is in; another one after it founded a successor. */
  charters: CharterStore
  keeper: CommunityKeeper
  readonly vault: Vault
  readonly hosting: Hosting
  readonly heads: OwnHeads
  readonly latencies = new HostLatencies()
  readonly knownHosts: KnownHosts
  readonly strays: Strays
  readonly margin: Margin
  /** Of walks that nobody needs in a hurry: one at a time, in the order in which they are asked for. */
  readonly walks = new ByteBudget(1)
  /** Whom hosts are to tell of this box's unusual releases. */
  readonly contacts: OwnContacts
  /** Threads that encode stripes and rebuild packs. */
  readonly stripeWorkers: Workers
  settings: BoxSettings
  readonly privateFiles: PrivateFiles
  secrets: BoxSecrets
  readonly #stack: AsyncDisposableStack
  readonly #pool: SessionPool
  readonly #lender: SessionLender
  readonly #probes: ProbeRoute
  readonly #drains: DrainRoute
  /** Of members that are leaving. */
  readonly draining = new Draining()
  /** Of the line; what goes over it keeps to them from the moment on that they are changed. */
  limits: LineLimits
  #listener: PeerListener | null = null
  #reachability: ProbeResult | null = null
  /** Operations that write to the vault or to hosts go one after the other; reads do not wait. */
  #queue: Promise<unknown> = Promise.resolve()

  /** BOX_IN_USE, NO_BOX, PASSPHRASE_NEEDED, PASSPHRASE_WRONG, and what the vault says of its log. */
  static async open(world: World, folder: BytePath, passphrase: string | null = null): Promise<OpenedBox> {
    const settings = readSettings(world.disk, folder)
    await using stack = new AsyncDisposableStack()
    stack.use(world.lock(folder))
    // The recovery that made this box was cut short after its last step: nobody may start it over any more.
    unmark(world.disk, folder)
    const privateFiles = PrivateFiles.open(world, folder, { box: settings.box, passphrase })
    const secrets = readSecrets(privateFiles)
    finishSuccession(world.disk, folder)
    const charters = new CharterStore(world.disk, foldersOf(folder).charters)
    let charter = (): Charter | undefined => charters.current
    const own = { settings, secrets, charter: () => charter() }
    const vault = stack.use(await openBoxVault(world, folder, own, stack))
    const box = new OpenedBox(world, folder, { settings, privateFiles, secrets, vault, charters }, stack)
    charter = () => box.charters.current
    box.#keepSettings()
    return box
  }

  private constructor(
    world: World,
    folder: BytePath,
    { settings, privateFiles, secrets, vault, charters }: Opening,
    stack: AsyncDisposableStack,
  ) {
    const { clock, random, log, transport } = world
    const folders = foldersOf(folder)
    this.limits = readLimits(world, folder)
    world.pace.up.rate = () => this.#bytesPerSecond('up')
    world.pace.down.rate = () => this.#bytesPerSecond('down')
    this.world = world
    this.folder = folder
    this.settings = settings
    this.privateFiles = privateFiles
    this.secrets = secrets
    this.vault = vault
    this.charters = charters
    this.heads = new OwnHeads(
      { disk: world.disk, clock, random, log },
      { folder: folders.heads, signer: () => this.signer },
    )
    this.knownHosts = new KnownHosts({ ...world, log }, folders.heads, world.graces)
    this.strays = new Strays({ ...world, log }, folders.heads)
    this.margin = new Margin({ disk: world.disk, log }, folder)
    this.contacts = new OwnContacts({ disk: world.disk, clock, log, hosts: () => this.hosts }, folders.heads)
    this.stripeWorkers = stack.use(world.startWorkers(1))
    const workers = stack.use(world.startWorkers(1))
    this.hosting = openHosting(
      { disk: world.disk, clock, random, workers, log },
      {
        folder: folders.hosting,
        box: () => this.signer,
        members: () => this.charters.current?.members.map(({ organisation }) => organisation) ?? [],
        extraRoutes: async (request, signal) =>
          (await this.keeper.serve(request, signal)) ??
          (await this.#probes.serve(request, signal)) ??
          (await this.#drains.serve(request)),
        extraBodyBytesMax: communityBodyBytesMax,
        graces: world.graces,
      },
    )
    this.#pool = stack.use(
      new SessionPool({ transport, clock, random, log }, { identity: () => this.identity, admission: this.#admission }),
    )
    this.#probes = new ProbeRoute({
      clock,
      charter: () => this.charters.current,
      look: (address, may, signal) => transport.look(parseAddress(address), { identity: this.identity, may, signal }),
    })
    this.#drains = new DrainRoute({
      clock,
      charter: () => this.charters.current,
      signer: () => this.signer,
      standing: (host) => this.draining.standing(this, host),
      kept: (owner) => this.hosting.keptOf(owner),
    })
    this.#lender = new SessionLender(
      { transport, clock, random, log },
      {
        identity: () => this.identity,
        admission: this.#admission,
        handler: this.hosting.handler,
        bodyBytesMax: this.hosting.bodyBytesMax,
        peers: () => this.#borrowers,
      },
    )
    this.keeper = this.#openKeeper()
    stack.defer(() => this.keeper[Symbol.asyncDispose]())
    this.#stack = stack.move()
  }

  #bytesPerSecond(direction: 'up' | 'down'): number | null {
    const rules = this.limits[direction]
    // Asked before each slice: most lines have no limit.
    if (rules.length === 0) return null
    const kbit = limitAt(rules, this.world.clock.wall(), this.settings.zone)
    return kbit === null ? null : (kbit * 1000) / 8
  }

  get #admission() {
    const past = { departures: () => this.charters.departures, clock: this.world.clock }
    return admissionFor(() => this.charters.current, past)
  }

  #openKeeper(): CommunityKeeper {
    const { disk, clock, random, log } = this.world
    return new CommunityKeeper(
      {
        disk,
        clock,
        random,
        log,
        store: this.charters,
        signer: () => this.signer,
        session: (box, addresses, signal) => this.#pool.to(box, addresses, signal),
        onCharter: () => this.recheckPeers(),
      },
      foldersOf(this.folder).community,
    )
  }

  /** Goes over to a community that was just founded; that of before is kept aside. */
  async succeed(signed: SignedCharter): Promise<void> {
    const { disk } = this.world
    prepareSuccession(disk, this.folder, signed)
    await this.keeper[Symbol.asyncDispose]()
    finishSuccession(disk, this.folder)
    this.charters = new CharterStore(disk, foldersOf(this.folder).charters)
    this.keeper = this.#openKeeper()
    this.recheckPeers()
  }

  get signer(): Signer {
    const { box, organisation, epoch } = this.settings
    return { box, organisation, epoch, key: this.secrets.keys.signingKey, certificate: this.secrets.certificate }
  }

  get identity(): LocalIdentity {
    const { keys, certificate } = this.secrets
    return { certificate, privatePem: keys.privatePem, publicKey: keys.publicKey }
  }

  /** NOT_FOUNDED */
  get charter(): Charter {
    const { current } = this.charters
    if (current === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    return current
  }

  /**
   * All charters, newest first: a box whose thief made it leave is listed in an earlier one only, and hosts keep what is
   * its own. NOT_FOUNDED
   */
  get listings(): readonly Charter[] {
    return [this.charter, ...this.charters.charters.toReversed()]
  }

  get hosts(): Hosts {
    return {
      session: (host, signal) => this.#pool.to(host, findBox(this.charter, host)?.addresses ?? [], signal),
    }
  }

  /** A peer that did not answer is dialled at once when it is asked next. */
  dialAgain(host: string): void {
    this.#pool.dialAgain(host)
  }

  /** Whether a box answers on sessions that it opened itself, and on no other. */
  isLent(host: string): boolean {
    return this.#pool.isLent(host)
  }

  /** What the last probe found; null before the first. */
  get reachability(): ProbeResult | null {
    return this.#reachability
  }

  noteReachability(found: ProbeResult): void {
    // That nobody could be asked says nothing of whether we can be.
    if (found.verdict === 'unknown' && this.#reachability !== null) return
    if (found.verdict !== this.#reachability?.verdict) {
      const level = found.verdict === 'reachable' ? 'info' : 'warn'
      this.world.log[level]('reach.changed', { verdict: found.verdict, announce: found.announce })
    }
    this.#reachability = found
  }

  /** Who cannot dial us and may ask us all the same. */
  get #borrowers(): readonly BoxOfMember[] {
    const verdict = this.#reachability?.verdict ?? 'unknown'
    const { current } = this.charters
    if (verdict === 'reachable' || verdict === 'unknown' || current === undefined) return []
    return hostsFor(current, this.settings.organisation)
  }

  /** Keeps sessions open for members, while nobody can dial this box. */
  async lend(signal: AbortSignal): Promise<void> {
    await this.#lender.run(signal)
  }

  get releaser(): Releaser {
    const { disk, clock, log, graces } = this.world
    return new Releaser({ disk, clock, log, graces, hosts: this.hosts }, foldersOf(this.folder).heads)
  }

  get disperser(): Disperser {
    const { clock, log } = this.world
    return new Disperser({ clock, log, hosts: this.hosts, heads: this.heads })
  }

  /** Root's newest statement about this box; null before the first recovery. */
  get epochStatement(): Signed | null {
    const path = joinPath(foldersOf(this.folder).heads, EPOCH_FILE)
    const bytes = ignoring(['ENOENT'], () => readWhole(this.world.disk, path, EPOCH_BYTES_MAX))
    return bytes === undefined ? null : decodeSigned(bytes)
  }

  /** A new certificate and the statement that goes with it. */
  adoptEpoch(statement: Signed, certificate: Uint8Array, epoch: number): void {
    writeDurably(this.world.disk, foldersOf(this.folder).heads, EPOCH_FILE, encodeSigned(statement))
    this.secrets = { ...this.secrets, certificate }
    writeSecrets(this.privateFiles, this.secrets)
    this.settings = { ...this.settings, epoch }
    writeSettings(this.world.disk, this.folder, this.settings)
  }

  changeAddress(address: string): void {
    this.settings = { ...this.settings, address }
    writeSettings(this.world.disk, this.folder, this.settings)
  }

  /** Starts to serve peers. The box stays reachable until it is disposed of. */
  async serve(): Promise<{ listen: string }> {
    const listener = await this.world.transport.listen(parseAddress(this.settings.listen), {
      identity: () => this.identity,
      admission: this.#admission,
      handler: this.hosting.handler,
      bodyBytesMax: this.hosting.bodyBytesMax,
      visit: (visitor, signal) => this.keeper.visit(visitor, signal),
      lent: (session) => this.#adopt(session),
    })
    this.#stack.use(listener)
    this.#listener = listener
    this.#tend()
    return { listen: formatAddress(listener.address) }
  }

  /** For who opens a box for one command that others have to reach. */
  async ensureServing(): Promise<void> {
    if (this.#listener === null) await this.serve()
  }

  /** Boxes that nobody can dial come by themselves, to be asked; those that are listed alone. */
  #adopt(session: PeerSession): void {
    const { box, organisation, role, former } = session.peer
    const listed = this.charters.current === undefined ? undefined : findBox(this.charters.current, box)
    if (role === 'box' && !former && listed?.organisation === organisation) this.#pool.adopt(session)
    else void session[Symbol.asyncDispose]()
  }

  /** Time is lived only while this box serves; what was lived last is kept when it stops. */
  #tend(): void {
    const stop = new AbortController()
    const tending = this.hosting.tend(stop.signal)
    this.#stack.defer(async () => {
      stop.abort()
      await tending
      try {
        await this.hosting.rest()
      } catch (error) {
        // What is not kept was not lived: a box must stop all the same.
        this.world.log.error('hosting.rest.failed', { code: codeOf(error) })
      }
    })
  }

  /** After a change of the charter. */
  recheckPeers(): void {
    this.#listener?.recheck()
    this.#pool.recheck()
    this.#lender.recheck()
  }

  async call<Name extends OperationName>(
    name: Name,
    args: Operations[Name][0],
    context: OperationContext,
  ): Promise<Operations[Name][1]> {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (operation === undefined)
      throw new DatisError('OPERATION_UNKNOWN', 'This box does not know that operation.', { name })
    const { reads } = operation
    if (reads === true || (reads !== false && reads(args))) return await operation.run(this, args, context)
    const turn = this.#queue.then(() => {
      context.signal.throwIfAborted()
      return operation.run(this, args, context)
    })
    // The next one goes on whatever becomes of this one; the caller sees its fault.
    this.#queue = turn.catch(() => undefined)
    return await turn
  }

  /** Name and zone stand in the log too, so that a recovered box has them. */
  #keepSettings(): void {
    const { name, zone } = this.settings
    const kept = this.vault.settings()
    if (kept.boxName !== name || kept.zone !== zone) this.vault.changeSettings({ ...kept, boxName: name, zone })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}

interface Opening {
  readonly settings: BoxSettings
  readonly privateFiles: PrivateFiles
  readonly secrets: BoxSecrets
  readonly vault: Vault
  readonly charters: CharterStore
}

/** What a host sees of a small snapshot is one size for all: k blocks of 4 KiB, one in each data fragment. */
function padFloor(charter: Charter | undefined, box: string): number {
  // Alone, nobody sees anything of it.
  if (charter === undefined || candidates(charter, box).length === 0) return 0
  return codesFor(charter, box).data.k * PAD_BLOCK_BYTES
}

export interface VaultOwner {
  readonly settings: BoxSettings
  readonly secrets: BoxSecrets
  readonly charter: () => Charter | undefined
}

/** A vault over a pool of its own: a writing session holds all threads but one until it ends. */
export async function openBoxVault(
  world: World,
  folder: BytePath,
  { settings, secrets, charter }: VaultOwner,
  stack: AsyncDisposableStack,
): Promise<Vault> {
  const { disk, clock, random } = world
  const workers = stack.use(world.startWorkers(world.threads + 1))
  const vaultFolder = foldersOf(folder).vault
  return await openVault(
    { disk, clock, random, workers },
    {
      folder: vaultFolder,
      box: settings.box,
      keyring: secrets.keyring,
      indexPath: world.indexPath(vaultFolder),
      padFloorBytes: () => padFloor(charter(), settings.box),
    },
  )
}
