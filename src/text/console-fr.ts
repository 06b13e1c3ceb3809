import type { consoleWordsEn } from './console-en.ts'

export const consoleWordsFr: typeof consoleWordsEn = {
  command: { setupCode: 'créer un code avec lequel un administrateur ouvre un compte dans la console' },
  option: {
    web: 'ouvrir la console à cette adresse, pour les personnes du même réseau',
    manual: 'ne prendre aucun instantané de soi-même, et ne rien envoyer ni expirer',
  },
  opens: (url) => `La console s’ouvre à l’adresse ${url}`,
  setupCode: (code) => `Pour le premier compte, dans les 24 heures : ${code}`,
}
