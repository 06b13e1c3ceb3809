import { codeOf } from '#base'
import { type DamagedFragment, HostClient } from '#dispersal'
import type { OpenedBox } from '../opened-box.ts'

/** A host looks at what came damaged from it, sets it aside and asks for it again: the next dispersal puts it back. */
export async function tellHosts(
  box: OpenedBox,
  damaged: readonly DamagedFragment[],
  signal: AbortSignal,
): Promise<void> {
  for (const { host, fragment } of damaged) {
    const [stripe = '', row = ''] = fragment.split('.')
    try {
      const client = new HostClient(box.world.clock, await box.hosts.session(host, signal), box.settings.box)
      await client.verify([{ stripe, row: Number(row) }], null, signal)
    } catch (error) {
      signal.throwIfAborted()
      box.world.log.warn('restore.damage.untold', { host, fragment, code: codeOf(error) })
    }
  }
}
