/**
 * The six doors to the world. Every source of nondeterminism comes in through one of them, with a real and a fake
 * implementation (`#base/sim`) that pass one conformance suite (test/conformance).
 */
import type { Duplex } from 'node:stream'
import type { BytePath } from './paths.ts'

export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number
  /** Milliseconds since 1970-01-01T00:00Z, as the machine believes. */
  wall(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A signal that aborts with a `TimeoutError` after `ms`; disposing it cancels the timer. */
  deadline(ms: number): Deadline
}

export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

export interface Random {
  bytes(count: number): Uint8Array
  /** Uniform in 0 … bound − 1, for 1 ≤ bound ≤ 2^32. */
  below(bound: number): number
}

export type FileKind = 'file' | 'folder' | 'symlink' | 'socket' | 'fifo' | 'device'

/** What `lstat` says; times in nanoseconds since 1970. */
export interface Stat {
  readonly kind: FileKind
  /** Permission bits with setuid, setgid and sticky: 0 … 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly bytes: number
  /** Bytes the file takes on disk; less than `bytes` when it has holes. */
  readonly allocatedBytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  /** Device and inode: equal for two names of one file. */
  readonly device: number
  readonly inode: bigint
  readonly links: number
}

export interface FileMetadata {
  readonly mode?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly mtimeNs?: bigint
  readonly xattrs?: ReadonlyMap<string, Uint8Array>
}

/** Parts of `FileMetadata` that the system refused, with its code (`EPERM`). */
export interface NotSet {
  readonly what: 'mode' | 'owner' | 'mtime' | 'xattrs'
  readonly cause: string
}

/** `read`: existing file, never through a link in its last component. `create`: must not exist. `write`: create or keep. */
export type OpenMode = 'read' | 'create' | 'write'

export interface DiskFile extends Disposable {
  stat(): Stat
  /** Reads at `at` until `into` is full or the file ends; the number of bytes read. */
  read(into: Uint8Array, at: number): number
  /** Writes all of `bytes` at `at`, or throws (`ENOSPC`, `EIO`). */
  write(bytes: Uint8Array, at: number): void
  truncate(bytes: number): void
  /** As `Disk.setMetadata`, whatever the file is called meanwhile. */
  setMetadata(metadata: FileMetadata): NotSet[]
  /** fsync. When it throws, the file must be closed and written again under another name: never retried. */
  sync(): void
}

export interface UnnamedFile extends DiskFile {
  /** Its first name, for good: `EEXIST` when there is something. `ENOTSUP` as in `openUnnamed`. */
  giveName(path: BytePath): void
}

/**
 * A file system, synchronous: heavy use stays in workers (see `Workers`). No call follows a symbolic link in the last
 * component. System failures are thrown as Node's errors with `code` (`ENOENT`, `EEXIST`, `ENOSPC`, `EIO`, `EACCES`, `ELOOP` …).
 */
export interface Disk {
  open(path: BytePath, mode: OpenMode): DiskFile
  /**
   * A new file in `folder` that nobody sees: it goes with its handle, or with the process, unless it was given a name.
   * `ENOTSUP` where the system or this file system has no such files.
   */
  openUnnamed(folder: BytePath): UnnamedFile
  /** Names in a folder, in no order. */
  list(path: BytePath): BytePath[]
  stat(path: BytePath): Stat
  /** Makes one folder (0700); `EEXIST` when there is something. */
  makeFolder(path: BytePath): void
  makeSymlink(path: BytePath, target: BytePath): void
  readSymlink(path: BytePath): BytePath
  makeHardLink(path: BytePath, existing: BytePath): void
  rename(from: BytePath, to: BytePath): void
  removeFile(path: BytePath): void
  removeFolder(path: BytePath): void
  /** fsync of a folder: makes creations, renames and removals in it durable. */
  syncFolder(path: BytePath): void
  /** Names one byte a character, as in BytePath. Empty where the system offers none. */
  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array>
  /** Sets what it can, in the order owner, mode, xattrs, mtime, and tells what it could not. */
  setMetadata(path: BytePath, metadata: FileMetadata): NotSet[]
  /** Free and total bytes of the file system that holds `path`. */
  space(path: BytePath): { freeBytes: number; totalBytes: number }
  /**
   * A path by which `folder` can be reached whatever happens to its name meanwhile, and without following links in
   * any component below it: hold it while working inside. `ELOOP` or `ENOTDIR` when the last component is no folder.
   */
  holdFolder(path: BytePath): HeldFolder
}

export interface HeldFolder extends Disposable {
  readonly path: BytePath
}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Listener extends AsyncDisposable {
  readonly address: Address
}

/**
 * Byte streams between machines (TCP). A side that has ended its stream still receives: who reads to the end ends or
 * destroys its own side. Who gets a stream listens to its `error`.
 */
export interface Net {
  /** Rejects with `ECONNREFUSED`, `EHOSTUNREACH`, … or the signal's reason. */
  dial(address: Address, signal: AbortSignal): Promise<Duplex>
  /** Port 0 picks a free one. `from`: the IP address of the other end. Rejects with `EADDRINUSE`. */
  listen(address: Address, onConnection: (socket: Duplex, from: string) => void): Promise<Listener>
  /** The IP addresses of a name; an address stands for itself. Rejects with `ENOTFOUND`, … */
  resolve(host: string): Promise<readonly string[]>
  /** IP addresses of this machine, without loopback and link-local ones. */
  ownAddresses(): readonly string[]
  /** The public IPv4 address that the router of this network believes it has; null when it does not say. */
  routerAddress(signal: AbortSignal): Promise<string | null>
}

/** What a job sees of the world: it runs in a thread of its own, or inline in a simulation. */
export interface JobWorld {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  /** Calls one of the functions given to `Workers.run`, in the thread that started the job. */
  call(name: string, input: unknown): Promise<unknown>
  readonly signal: AbortSignal
}

/** A function that can run in another thread: exported from `module` under `name`, made by `defineJob`. */
export interface Job<Input, Output> {
  readonly module: string
  readonly name: string
  readonly run: (world: JobWorld, input: Input) => Promise<Output> | Output
}

export interface JobOptions {
  readonly signal?: AbortSignal
  /** Buffers in `input` that are given away rather than copied. */
  readonly transfer?: readonly ArrayBuffer[]
  readonly calls?: Readonly<Record<string, (input: never) => unknown>>
}

/**
 * A pool of threads for hashing, coding, compression and disk. Inputs and outputs are structured clones. A job's
 * output may name buffers to give away by returning `transferring(output, buffers)`. Errors keep `code` and `details`.
 * An abort rejects a waiting job at once; a running one is told by `world.signal` and settles when it has ended, so
 * that nothing of it goes on behind the caller's back. Disposing ends the threads: `WORKERS_CLOSED`.
 */
export interface Workers extends AsyncDisposable {
  /** How many jobs run at once; more wait in order. */
  readonly size: number
  run<Input, Output>(job: Job<Input, Output>, input: Input, options?: JobOptions): Promise<Output>
}

export interface MailServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; else STARTTLS where the server offers it, and no password without it. */
  readonly implicitTls: boolean
  readonly login: { readonly user: string; readonly password: string } | null
}

export interface Mail {
  readonly from: string
  /** One: whoever is told does not learn who else is. */
  readonly to: string
  readonly subject: string
  /** Plain text, lines end in LF. */
  readonly text: string
}

/** Hands mail to a server (SMTP). */
export interface Mailer {
  /**
   * Resolves once the server has taken it. `MAIL_INVALID` before anything is said; `MAIL_SERVER_UNKNOWN`,
   * `MAIL_UNREACHABLE`, `MAIL_TLS`, `MAIL_LOGIN`, `MAIL_TIMEOUT`, `MAIL_REJECTED` (this mail), `MAIL_FAILED`, or the
   * signal's reason.
   */
  send(server: MailServer, mail: Mail, signal: AbortSignal): Promise<void>
}
