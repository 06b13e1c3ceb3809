import type { Formats } from './formats.ts'
import type { HostingWords } from './hosting-en.ts'

export function hostingWordsFr(f: Formats): HostingWords {
  return {
    hosting: {
      store: (store, lived) => `Espace ${store} ; ce Datis a fonctionné ${lived}.`,
      disk: (used, total, limit) =>
        `Disque : ${used} utilisés sur ${total} ; l’hébergement ne prend plus rien au-delà de ${limit}.`,
      quota: (quota) => `Chaque autre organisation peut garder ${quota} ici.`,
      frozen:
        'Les horloges de ce Datis se contredisent, ou diffèrent de celles des membres : rien n’est oublié jusqu’à ce qu’elles s’accordent.',
      damaged: (names) => `Ce qui est gardé de ces Datis est illisible : ${names}.`,
      none: 'Ce Datis ne garde rien pour les autres.',
      kept: 'Ce Datis garde pour d’autres ces fragments :',
      own: 'Les fragments de ce Datis sont gardés par :',
      lent: (bytes, released) =>
        `Prêté aux autres : ${bytes} de fragments, et ${released} libérés et pas encore oubliés.`,
      used: (bytes, released) =>
        `Utilisé chez les autres : ${bytes} de fragments, et ${released} libérés et pas encore oubliés.`,
      rest: 'Journal et têtes',
      former: {
        left: (name, until) => `${name} (parti, lisible jusqu’au ${until})`,
        expelled: (name, until) => `${name} (exclu, lisible jusqu’au ${until})`,
      },
      formerHost: { left: 'parti', expelled: 'exclu' },
      ownNone: 'Aucun autre Datis ne garde encore quoi que ce soit de celui-ci.',
      scrubbed: (count, rotten) =>
        `${f.plural(count, 'fragment relu', 'fragments relus')}, dont ${f.number(rotten)} endommagés ; leurs propriétaires les renvoient.`,
    },
    brake: {
      class: { data: 'données', metadata: 'métadonnées' },
      frozen: (names) => `Ces hôtes n’oublient rien pour l’instant, car leurs horloges se contredisent : ${names}.`,
      files:
        '« Gardé » compte comme datis hosting show ; le reste compte des fichiers entiers, avec un en-tête de quelques kilo-octets chacun.',
      trouble: 'Ces hôtes n’ont pas pu être interrogés :',
      unusual: (host, at) => `${host} a trouvé inhabituelles des libérations de ce Datis (${at}).`,
    },
    release: {
      none: 'Aucun hôte n’est prié d’oublier quoi que ce soit.',
      state: { queued: 'attend', released: 'libéré', gone: 'oublié' },
      cancelled: (packs, held, gone, unknown) =>
        `${f.plural(packs, 'paquet repris', 'paquets repris')}. Fragments gardés : ${f.number(held)}, déjà oubliés : ${f.number(gone)}, hôte non joint : ${f.number(unknown)}. datis disperse renvoie ce qui manque.`,
      optionAgain: 'autant une fois de plus, bien que la même chose ait été approuvée depuis moins d’un jour',
      repeated: (at) =>
        `Cela a été approuvé le ${at}, et vient d’être renvoyé : cela compte une fois chez chaque hôte. Pour autant une fois de plus : --again`,
      nobody: (box) => `Aucun hôte ne garde quoi que ce soit de ${box}.`,
      trouble: 'Ces hôtes ne l’ont pas fait :',
      again: 'Réessayez quand ils répondront.',
      undone: (box, count, bytes, hosts) =>
        `Les libérations de ${box} sont reprises chez ${f.plural(hosts, 'hôte', 'hôtes')} : ${f.plural(count, 'fragment', 'fragments')}, ${bytes}.`,
      approved: (box, bytes, hosts) =>
        `${box} peut libérer une fois ${bytes} de plus chez chacun de ${f.plural(hosts, 'hôte', 'hôtes')}, dans les 30 jours.`,
      approvedLasting: (box, bytes, hosts) =>
        `${box} peut libérer ${bytes} par semaine chez chacun de ${f.plural(hosts, 'hôte', 'hôtes')}, quelle que soit sa part.`,
    },
  }
}
