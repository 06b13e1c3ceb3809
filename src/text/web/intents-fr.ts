/** Ce qui attend une deuxième personne. */
import type { Formats } from '../formats.ts'
import type { intentsEn } from './intents-en.ts'

export function intentsFr(f: Formats): ReturnType<typeof intentsEn> {
  return {
    title: 'En attente d’une deuxième personne',
    none: 'Rien n’attend. Ce qui est irréversible attend ici un deuxième administrateur, ou trois jours pendant lesquels tout administrateur peut l’arrêter.',
    by: (name) => `Demandé par ${name},`,
    needs: (isMine, due) =>
      `Il manque l’accord ${isMine ? 'd’un autre administrateur que vous' : 'd’un administrateur qui ne l’a pas demandé'} ; sinon, cela aura lieu le ${f.instant(due)} si personne ne l’arrête.`,
    about: {
      policy: (source, side, policy) => `${source}, ${side === 'local' ? 'ici' : 'chez les hôtes'} : ${policy}`,
      hold: (id) => `ne plus conserver à part l’instantané ${id}`,
      expel: (organisation) => `organisation ${organisation}`,
    },
    commands: 'Par l’API, un administrateur l’approuve ou l’arrête :',
  }
}
