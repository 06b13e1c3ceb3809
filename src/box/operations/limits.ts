import { limitAt, writeLimits } from '../line-limits.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { LimitsArguments, LimitsResult } from '../operations.ts'

export async function showLimits(box: OpenedBox): Promise<LimitsResult> {
  const { up, down } = box.limits
  const at = box.world.clock.wall()
  const { zone } = box.settings
  return { up, down, now: { upKbit: limitAt(up, at, zone), downKbit: limitAt(down, at, zone) } }
}

/** A direction that is not named keeps its rules. What goes over the line keeps to the new ones at once. */
export async function setLimits(box: OpenedBox, { up, down }: LimitsArguments): Promise<LimitsResult> {
  const limits = { up: up ?? box.limits.up, down: down ?? box.limits.down }
  writeLimits(box.world.disk, box.folder, limits)
  box.limits = limits
  return await showLimits(box)
}
