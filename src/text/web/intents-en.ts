/** What waits for a second person. */
import type { Formats } from '../formats.ts'

export function intentsEn(f: Formats) {
  return {
    title: 'Waiting for a second person',
    none: 'Nothing waits. What cannot be undone waits here for a second administrator, or for three days in which any administrator may stop it.',
    by: (name: string) => `Asked for by ${name},`,
    needs: (isMine: boolean, due: string) =>
      `It waits for ${isMine ? 'another administrator than you' : 'an administrator who has not asked for it'} to approve; else it happens on ${f.instant(due)} if nobody stops it.`,
    about: {
      policy: (source: string, side: 'local' | 'remote', policy: string) =>
        `${source}, ${side === 'local' ? 'here' : 'at hosts'}: ${policy}`,
      hold: (id: string) => `lift the hold of snapshot ${id}`,
      expel: (organisation: string) => `organisation ${organisation}`,
    },
    commands: 'Over the API, an administrator approves, or stops it:',
  }
}
