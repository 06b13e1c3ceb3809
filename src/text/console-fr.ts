import type { consoleWordsEn } from './console-en.ts'

export const consoleWordsFr: typeof consoleWordsEn = {
  command: {
    setupCode: 'créer un code avec lequel un administrateur ouvre un compte dans la console',
    start: 'faire fonctionner un Datis avec sa console, et le créer d’abord si le dossier n’en a pas',
  },
  option: {
    port: 'de la console ; les membres joignent le Datis sur le suivant',
    web: 'ouvrir la console à cette adresse, pour les personnes du même réseau : avec TLS là où d’autres machines la joignent, sinon sans',
    webTls: 'avec TLS même pour cette seule machine',
    webPlain: 'sans TLS, qui que ce soit qui la joigne : les mots de passe traversent le réseau en clair',
    webCert: 'certificat en PEM au lieu de celui du Datis, suivi de ceux au-dessus de lui ; relu toutes les heures',
    webKey: 'sa clé en PEM',
    labWeb: 'donner une console à son premier Datis, et laisser celui-ci vivre de lui-même',
    manual: 'ne prendre aucun instantané de soi-même, et ne rien envoyer ni expirer',
  },
  opens: (url) => `La console s’ouvre à l’adresse ${url}`,
  fingerprint: (hex) => `Son certificat (SHA-256), à comparer avec ce que montre le navigateur : ${hex}`,
  setupCode: (code) => `Pour le premier compte, dans les 24 heures : ${code}`,
}
