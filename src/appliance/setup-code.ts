/** For who stands before the box, or sits at its keyboard. */
import { People, Setup } from '#accounts'
import { realClock, realRandom } from '#base'
import { whereSettingsAre } from '#box'
import { openSettings } from '#settings'

/** Whether the box runs or not. NO_BOX, SETTINGS_DAMAGED, SETTINGS_NEWER */
export async function newSetupCode(folder: string): Promise<{ readonly code: string; readonly until: string }> {
  process.umask(0o077)
  const { name, settingsPath } = whereSettingsAre(folder)
  const settings = await openSettings(settingsPath)
  try {
    const deps = { settings, clock: realClock(), random: realRandom(), boxName: name }
    const { code, until } = await new Setup(deps, new People(deps)).newCode()
    return { code, until: Temporal.Instant.fromEpochMilliseconds(until).toString() }
  } finally {
    await settings.destroy()
  }
}
