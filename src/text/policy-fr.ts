import type { Formats } from './formats.ts'
import type { policyWordsEn } from './policy-en.ts'

export function policyWordsFr(f: Formats): ReturnType<typeof policyWordsEn> {
  return {
    command: {
      policy: 'combien de temps les instantanés sont gardés',
      preview: 'montrer ce qu’une politique garde, sans aucun Datis',
      list: 'lister les politiques, et les sources qui les suivent',
      set: 'dire combien de temps les instantanés d’une source sont gardés, sur ce Datis et chez ses hôtes',
      expire: 'laisser partir les instantanés qu’aucune politique ne garde',
      hold: 'garder un instantané quoi que disent les politiques',
      scrub: 'relire les paquets de ce Datis, et faire revenir des hôtes ceux qui sont abîmés',
      collect: 'libérer ce dont aucun instantané n’a besoin, sur ce Datis et chez ses hôtes',
    },
    argument: 'le nom d’une politique toute prête, ou des paliers comme  NOM : <2 h, 5 min>, <30 j, 1 j>',
    option: {
      local: 'sur ce Datis',
      remote: 'chez les hôtes',
      dryRun: 'dire seulement lesquels',
      reason: 'pourquoi il est retenu',
      letGo: 'laisser les politiques l’expirer de nouveau',
      at: 'l’heure à partir de laquelle elle regarde en arrière (par défaut : maintenant)',
      zone: 'le fuseau horaire dont les jours et les mois comptent (par défaut : celui de cette machine)',
    },
    kept: ({ local, remote, hold }) => {
      const where = local && remote ? 'ici et chez les hôtes' : local ? 'ici' : 'chez les hôtes'
      return hold === null ? where : `${where} (retenu : ${hold})`
    },
    column: { kept: 'Gardé', policy: 'Politique', local: 'Gardés ici', remote: 'Gardés chez les hôtes' },
    readyMade: 'Toutes prêtes :',
    sources: 'Sources :',
    isDefault: (policy) => `${policy} (par défaut)`,
    set: (source) => `Les instantanés de « ${source} » sont désormais gardés ainsi :`,
    expired: (local, remote) =>
      `${f.plural(local, 'instantané a expiré', 'instantanés ont expiré')} sur ce Datis, ${f.plural(remote, 'instantané', 'instantanés')} chez ses hôtes. datis vault collect libère ce dont plus aucun n’a besoin.`,
    wouldExpire: (local, remote) =>
      `${f.plural(local, 'instantané expirerait', 'instantanés expireraient')} sur ce Datis, ${f.plural(remote, 'instantané', 'instantanés')} chez ses hôtes.`,
    held: (id, reason) => `L’instantané ${id} est retenu : ${reason}`,
    letGo: (id) => `L’instantané ${id} n’est plus retenu : sa politique décide de nouveau.`,
    collected: (dropped, bytes, released) =>
      `${f.plural(dropped, 'paquet a quitté', 'paquets ont quitté')} ce Datis (${bytes} libérés) ; les hôtes sont priés d’oublier ${f.plural(released, 'paquet', 'paquets')}, ce qu’ils font dans 44 jours au plus tôt.`,
    scrubbed: (packs, bytes) =>
      `Le coffre a ${f.plural(packs, 'paquet', 'paquets')} ; ${bytes} sur ce Datis ont été relus.`,
    mended: (found, mended) =>
      `${f.plural(found, 'paquet était abîmé ou disparu', 'paquets étaient abîmés ou disparus')} ; ${f.plural(mended, 'est revenu', 'sont revenus')} des hôtes.`,
    repacked: (packs, bytes) =>
      `${f.plural(packs, 'paquet servait', 'paquets servaient')} encore un peu : ce qui en reste a été emballé de nouveau (${bytes}). Les anciens partent dès que les hôtes ont les nouveaux.`,
    keeps: (count, at, zone, period) =>
      `Le ${at} (${zone}), elle garde ${f.plural(count, 'instantané', 'instantanés')}, s’il en est pris un par période de ${period} :`,
    days: 'Instantanés de chaque jour :',
    months: 'Instantanés de chaque mois :',
    hours: 'Du dernier jour, heure par heure :',
    tenYears: 'Le dernier palier ne finit jamais ; dix années en sont montrées.',
    span: { min: 'min', h: 'h', d: 'j', w: 'semaines', mo: 'mois', y: 'ans' },
    expected: (names) =>
      `une politique : ${f.list(names)} sont toutes prêtes ; les paliers vont du plus court au plus long et du plus fin au plus large, comme <2 h, 5 min>, <24 h, 1 h>, <30 j, 1 j>, <toujours, 1 mois>`,
  }
}
