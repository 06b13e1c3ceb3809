/**
 * Where a box keeps what it has (docs/formats/data-folder.md):
 *
 *     box.cbor              who it is and where it listens
 *     keys/box.seed         Ed25519 seed of the box key              keys/certificate.der   under the root key
 *     keys/keyring.cbor     the keyring in clear                     keys/keyring.wrapped   as hosts keep it
 *     keys/sealed.cbor      in the place of seed and keyring, under a passphrase (private-files.ts)
 *     charters/             the community's member lists             heads/                 own heads and receipts
 *     community/            promises, acts that wait, alarms
 *     vault/                packs, log, index                        hosting/               what it keeps for others
 *     lock.sqlite           held by the process that owns the folder control.sock           local commands
 */
import { z } from 'zod'
import {
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  ensureFolder,
  joinPath,
  pathFromText,
  pathToText,
  readWhole,
  writeDurably,
} from '#base'
import {
  type BoxKeys,
  boxKeysFromSeed,
  decodeKeyring,
  encodeKeyring,
  encodeWith,
  fixedBytes,
  hexBytes,
  type Keyring,
} from '#crypto'
import type { PrivateFiles } from './private-files.ts'

const identitySchema = z.strictObject({
  format: z.literal(1),
  box: hexBytes(16),
  organisation: hexBytes(32),
  rootSealing: fixedBytes(32),
  epoch: z.int().min(1),
  /** Of 100 characters, each of one or two units; boxes of before may have any. */
  name: z.string().min(1).max(200),
  zone: z.string().min(1).max(60),
  listen: z.string().min(1).max(300),
  address: z.string().min(1).max(300),
})

/** What `box.cbor` says: ids in hex, `listen` and `address` as `host:port`. */
export type BoxSettings = Omit<z.output<typeof identitySchema>, 'format'>

export interface BoxSecrets {
  readonly keys: BoxKeys
  readonly certificate: Uint8Array
  readonly keyring: Keyring
  readonly wrappedKeyring: Uint8Array
}

const SETTINGS_BYTES_MAX = 64 * 1024
const SECRET_BYTES_MAX = 64 * 1024

export const foldersOf = (folder: BytePath) => ({
  keys: joinPath(folder, 'keys'),
  vault: joinPath(folder, 'vault'),
  hosting: joinPath(folder, 'hosting'),
  heads: joinPath(folder, 'heads'),
  charters: joinPath(folder, 'charters'),
  community: joinPath(folder, 'community'),
})

/** An absolute byte path, so that a later change of the working folder cannot move a box. */
export function dataFolderPath(text: string, workingFolder: string): BytePath {
  const joined = text.startsWith('/') ? text : `${workingFolder}/${text}`
  const parts: string[] = []
  for (const part of joined.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return pathFromText(`/${parts.join('/')}`)
}

export function isBoxFolder(disk: Disk, folder: BytePath): boolean {
  return exists(disk, joinPath(folder, 'box.cbor'))
}

/** Refuses a folder that holds anything: a box never shares its folder. */
export function prepareEmptyFolder(disk: Disk, folder: BytePath): void {
  ensureFolder(disk, folder)
  const names = disk.list(folder).filter((name) => name !== 'lock.sqlite')
  if (names.length > 0) {
    throw new DatisError('FOLDER_NOT_EMPTY', 'The data folder must be empty for a new box.', {
      folder: pathToText(folder),
      items: names.length,
    })
  }
}

export function ensureBoxFolders(disk: Disk, folder: BytePath): void {
  for (const path of Object.values(foldersOf(folder))) ensureFolder(disk, path)
}

/** Writes all that makes a box; the settings come last, so that a folder with `box.cbor` is complete. */
export function writeBox(files: PrivateFiles, folder: BytePath, settings: BoxSettings, secrets: BoxSecrets): void {
  ensureBoxFolders(files.disk, folder)
  writeSecrets(files, secrets)
  writeSettings(files.disk, folder, settings)
}

export function writeSecrets(files: PrivateFiles, secrets: BoxSecrets): void {
  files.write({ seed: secrets.keys.privateSeed, keyring: encodeKeyring(secrets.keyring) })
  writeDurably(files.disk, files.folder, 'certificate.der', secrets.certificate)
  writeDurably(files.disk, files.folder, 'keyring.wrapped', secrets.wrappedKeyring)
}

export function writeSettings(disk: Disk, folder: BytePath, settings: BoxSettings): void {
  writeDurably(disk, folder, 'box.cbor', encodeWith(identitySchema, { format: 1, ...settings }))
}

export function readSettings(disk: Disk, folder: BytePath): BoxSettings {
  const path = joinPath(folder, 'box.cbor')
  if (!exists(disk, path)) {
    throw new DatisError('NO_BOX', 'There is no box in this data folder.', { folder: pathToText(folder) })
  }
  const { format: _format, ...settings } = decodeCbor(
    'box.cbor',
    identitySchema,
    readWhole(disk, path, SETTINGS_BYTES_MAX),
  )
  return settings
}

export function readSecrets(files: PrivateFiles): BoxSecrets {
  const read = (name: string): Uint8Array => readWhole(files.disk, joinPath(files.folder, name), SECRET_BYTES_MAX)
  const { seed, keyring } = files.read()
  return {
    keys: boxKeysFromSeed(seed),
    certificate: read('certificate.der'),
    keyring: decodeKeyring(keyring),
    wrappedKeyring: read('keyring.wrapped'),
  }
}

function exists(disk: Disk, path: BytePath): boolean {
  try {
    disk.stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}
