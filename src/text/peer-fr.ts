import type { PeerWords } from './peer-en.ts'

export const peerWordsFr: PeerWords = {
  none: 'Il n’y a pas encore d’autre Datis dans cette communauté.',
  neverProbed: 'On ne sait pas encore si les autres joignent ce Datis : datis peer probe.',
  state: { answers: 'répond', lent: 'répond, ne peut être appelé', silent: 'muet' },
  verdict: {
    reachable: 'Les autres joignent ce Datis.',
    closed: 'Personne ne joint ce Datis : les connexions à son adresse sont refusées.',
    filtered: 'Personne ne joint ce Datis : les connexions à son adresse se perdent sans réponse.',
    other: 'Personne ne joint ce Datis : une autre machine ou un autre programme répond à son adresse.',
    shared:
      'Personne ne joint ce Datis : l’opérateur partage son adresse publique entre plusieurs clients (CGNAT), ou un second routeur est devant le vôtre.',
    inside: 'Ce Datis ne répond qu’à l’intérieur de son propre réseau.',
    changed: 'Personne ne joint ce Datis : son adresse publique a changé.',
    intercepted: 'Quelqu’un sur la ligne répond au nom d’autres machines : les connexions chiffrées sont interceptées.',
    unresolved: 'Personne ne joint ce Datis : le nom de son adresse ne mène nulle part.',
    unknown: 'On ne sait pas si les autres joignent ce Datis : aucun membre n’a pu être interrogé.',
  },
  short: {
    reachable: 'joint',
    closed: 'refus',
    filtered: 'pas de réponse',
    other: 'une autre machine répond',
    shared: 'adresse partagée',
    inside: 'de l’intérieur seulement',
    changed: 'adresse changée',
    intercepted: 'interceptée',
    unresolved: 'nom inconnu',
    unknown: 'inconnu',
  },
  atRest: (data) =>
    `Ce Datis ne fonctionne pas : il n’était ouvert que pour cet essai, et ne garde rien pour les autres tant que vous ne le démarrez pas : datis box run --data ${data}`,
  meanwhile: 'En attendant, ce Datis héberge par des connexions qu’il ouvre lui-même.',
  advice: {
    closed: 'Sur le routeur, redirigez le port de l’adresse (TCP) vers ce Datis.',
    filtered:
      'Sur le routeur et les pare-feu, redirigez le port de l’adresse (TCP) vers ce Datis et laissez-le entrer.',
    other:
      'Sur le routeur, redirigez le port vers ce Datis et non ailleurs ; si un autre service a besoin de ce port, donnez-en un autre à ce Datis : datis community address HÔTE:PORT.',
    shared:
      'Demandez à l’opérateur une adresse publique à vous (IPv4 « full stack », ou IPv6), ou mettez votre routeur à la place du second.',
    inside:
      'La redirection du routeur ne marche que de l’intérieur : permettez-la pour les connexions venues d’Internet, et dites l’adresse publique à la communauté : datis community address HÔTE:PORT.',
    changed:
      'Dites la nouvelle adresse à la communauté : datis community address HÔTE:PORT. Si l’adresse change souvent, prenez un nom qui la suit.',
    intercepted:
      'Un pare-feu ou un mandataire inspecte les connexions chiffrées. Faites-lui épargner le port de Datis ; aucune donnée ne lui a été montrée, car les Datis refusent de telles connexions.',
    unresolved:
      'Corrigez le nom chez votre fournisseur de noms, ou dites une autre adresse à la communauté : datis community address HÔTE:PORT.',
    unknown: 'Vérifiez la ligne de ce Datis, et voyez datis peer list ; réessayez dès qu’un membre répond.',
  },
  outcome: {
    box: 'un Datis',
    other: 'autre chose',
    refused: 'refus',
    silent: 'pas de réponse',
    unreachable: 'pas de chemin',
    unresolved: 'nom inconnu',
    private: 'privée',
  },
  announce: (address) => `Il répond à ${address} : datis community address ${address}`,
  saw: (name, from, looks) => `${name} voit venir ce Datis de ${from} ; il a trouvé ${looks}.`,
  router: (address) => `Le routeur de ce réseau dit que son adresse publique est ${address}.`,
}
