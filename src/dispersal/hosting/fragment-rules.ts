import type { BoxId } from '#crypto'
import type { FragmentRules } from './fragment-room.ts'
import type { Received } from './received.ts'
import type { ReleaseRoom } from './release-room.ts'
import type { HostingSpace } from './space.ts'

/** What the releases, the quota and the time of arrival have to do with a fragment that comes. */
export function fragmentRules({
  owner,
  received,
  releases,
  space,
}: {
  owner: BoxId
  received: Received
  releases: ReleaseRoom
  space: HostingSpace
}): FragmentRules {
  return {
    isReleased: (id) => releases.isReleased(id),
    revive: (id) => releases.revive(id),
    reserve: (bytes) => space.reserve(owner, bytes),
    stored: (id, { bytes, epoch, again }) => {
      received.note(id, epoch, again)
      space.add(owner, bytes)
    },
  }
}
