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
      own: 'Les fragments de ce Datis sont gardés par :',
      ownNone: 'Aucun autre Datis ne garde encore quoi que ce soit de celui-ci.',
      scrubbed: (count, rotten) =>
        `${f.plural(count, 'fragment relu', 'fragments relus')}, dont ${f.number(rotten)} endommagés ; leurs propriétaires les renvoient.`,
    },
    brake: {
      class: { data: 'données', metadata: 'métadonnées' },
      frozen: (names) => `Ces hôtes n’oublient rien pour l’instant, car leurs horloges se contredisent : ${names}.`,
      unusual: (host, at) => `${host} a trouvé inhabituelles des libérations de ce Datis (${at}).`,
    },
    release: {
      none: 'Aucun hôte n’est prié d’oublier quoi que ce soit.',
      state: { queued: 'attend', released: 'libéré', gone: 'oublié' },
      cancelled: (packs, held, gone, unknown) =>
        `${f.plural(packs, 'paquet repris', 'paquets repris')}. Fragments gardés : ${f.number(held)}, déjà oubliés : ${f.number(gone)}, hôte non joint : ${f.number(unknown)}. datis disperse renvoie ce qui manque.`,
      undone: (box, count, bytes, hosts) =>
        `Les libérations de ${box} sont reprises chez ${f.plural(hosts, 'hôte', 'hôtes')} : ${f.plural(count, 'fragment', 'fragments')}, ${bytes}.`,
      approved: (box, bytes, hosts) =>
        `${box} peut libérer une fois ${bytes} de plus chez chacun de ${f.plural(hosts, 'hôte', 'hôtes')}, dans les 30 jours.`,
      approvedLasting: (box, bytes, hosts) =>
        `${box} peut libérer ${bytes} par semaine chez chacun de ${f.plural(hosts, 'hôte', 'hôtes')}, quelle que soit sa part.`,
    },
  }
}
