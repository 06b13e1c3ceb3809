import { type BytePath, DatisError, NAME_PATTERN, toHex } from '#base'
import {
  boxKeysFromSeed,
  entropyFromWords,
  issueCertificate,
  newKeyring,
  rootKeysFromEntropy,
  wrapKeyring,
} from '#crypto'
import { formatAddress, parseAddress } from '#network'
import { type BoxSettings, prepareEmptyFolder, writeBox } from './data-folder.ts'
import type { CreateArguments, CreateResult } from './operations.ts'
import { PrivateFiles } from './private-files.ts'
import type { World } from './world.ts'

/** Epoch of a box that was never recovered. */
const FIRST_EPOCH = 1

/**
 * Makes a box in an empty folder: the keys of its organisation (or, with `words`, another box of an organisation that
 * exists), its own keys, certificate and keyring. The root's private halves and the words are forgotten here.
 * NAME_INVALID
 */
export function createBoxIn(world: World, folder: BytePath, args: Omit<CreateArguments, 'folder'>): CreateResult {
  checkName(args.name)
  const given = args.words === undefined ? null : entropyFromWords(args.words)
  prepareEmptyFolder(world.disk, folder)
  using _lock = world.lock(folder)
  const entropy = given ?? world.random.bytes(32)
  const settings = writeNewBox(world, folder, entropy, args)
  return { box: settings.box, root: settings.organisation, entropy: given === null ? entropy : null }
}

/** No community could list a box of another name. */
function checkName(name: string): void {
  if (NAME_PATTERN.test(name)) return
  throw new DatisError('NAME_INVALID', 'A box cannot have this name.', { name: name.slice(0, 200) })
}

function writeNewBox(
  world: World,
  folder: BytePath,
  entropy: Uint8Array,
  args: Omit<CreateArguments, 'folder'>,
): BoxSettings {
  const root = rootKeysFromEntropy(entropy)
  const box = toHex(world.random.bytes(16))
  const keys = boxKeysFromSeed(world.random.bytes(32))
  const keyring = newKeyring(box, world.random)
  const claims = {
    box,
    organisation: root.organisation,
    epoch: FIRST_EPOCH,
    role: 'box',
    publicKey: keys.publicKey,
  } as const
  const settings: BoxSettings = {
    box,
    organisation: root.organisation,
    rootSealing: root.public.sealing,
    epoch: FIRST_EPOCH,
    name: args.name,
    zone: args.zone,
    listen: formatAddress(parseAddress(args.listen)),
    address: formatAddress(parseAddress(args.address)),
  }
  writeBox(new PrivateFiles(world, folder, box), folder, settings, {
    keys,
    certificate: issueCertificate(root, claims, world.random),
    keyring,
    wrappedKeyring: wrapKeyring(keyring, root.public, world.random),
  })
  return settings
}
