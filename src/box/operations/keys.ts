/** Whether a passphrase seals the keys of the box: a thief of its disk reads nothing then. docs/formats/keys.md */
import type { OpenedBox } from '../opened-box.ts'
import type { KeysResult } from '../operations.ts'

export async function showKeys({ privateFiles }: OpenedBox): Promise<KeysResult> {
  return { keysSealed: privateFiles.areSealed }
}

/** PASSPHRASE_WEAK */
export async function sealKeys(box: OpenedBox, { passphrase }: { readonly passphrase: string }): Promise<KeysResult> {
  box.privateFiles.seal(passphrase)
  box.world.log.info('keys.sealed')
  return await showKeys(box)
}

export async function unsealKeys(box: OpenedBox): Promise<KeysResult> {
  box.privateFiles.unseal()
  box.world.log.warn('keys.unsealed')
  return await showKeys(box)
}
