import type { BytePath } from '../../paths.ts'
import type { Stat } from '../../ports.ts'
import { BLOCK_BYTES, FileContent } from './content.ts'

interface InodeFields {
  readonly number: bigint
  mode: number
  uid: number
  gid: number
  mtimeNs: bigint
  ctimeNs: bigint
  links: number
  xattrs: Map<string, Uint8Array>
  /** A fault: whoever opens it, or looks for something below it, gets this code. */
  denied: string | undefined
}

export interface FileInode extends InodeFields {
  readonly kind: 'file'
  readonly content: FileContent
  /** Open files keep the bytes of a removed file. */
  handles: number
}

export interface FolderInode extends InodeFields {
  readonly kind: 'folder'
  readonly entries: Map<string, Inode>
  /** Where `..` leads; itself at the root. */
  parent: FolderInode
}

export interface SymlinkInode extends InodeFields {
  readonly kind: 'symlink'
  readonly target: BytePath
}

export interface SpecialInode extends InodeFields {
  readonly kind: 'socket' | 'fifo' | 'device'
}

export type Inode = FileInode | FolderInode | SymlinkInode | SpecialInode

export function newFile(fields: InodeFields): FileInode {
  return { ...fields, kind: 'file', content: new FileContent(), handles: 0 }
}

export function newFolder(fields: InodeFields, parent: FolderInode | undefined): FolderInode {
  const folder: FolderInode = { ...fields, kind: 'folder', entries: new Map(), parent: undefined as never }
  folder.parent = parent ?? folder
  return folder
}

export function newFields(number: number, mode: number, nowNs: bigint): InodeFields {
  return {
    number: BigInt(number),
    mode,
    uid: 0,
    gid: 0,
    mtimeNs: nowNs,
    ctimeNs: nowNs,
    links: 0,
    xattrs: new Map(),
    denied: undefined,
  }
}

export function allocatedBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
}

export function statOf(inode: Inode, device: number): Stat {
  const bytes = bytesOf(inode)
  return {
    kind: inode.kind,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    bytes,
    allocatedBytes: inode.kind === 'symlink' ? 0 : allocatedBytes(bytes),
    mtimeNs: inode.mtimeNs,
    ctimeNs: inode.ctimeNs,
    device,
    inode: inode.number,
    links: inode.links,
  }
}

function bytesOf(inode: Inode): number {
  if (inode.kind === 'file') return inode.content.bytes
  if (inode.kind === 'symlink') return inode.target.length
  return inode.kind === 'folder' ? BLOCK_BYTES : 0
}
