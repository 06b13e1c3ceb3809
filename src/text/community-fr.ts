import type { CommunityWords } from './community-en.ts'
import type { Formats } from './formats.ts'

export function communityWordsFr(f: Formats): CommunityWords {
  const boxes = (count: number): string => f.plural(count, 'Datis', 'Datis')
  return {
    without: {
      names: (names) => `Sans ${f.list(names)} :`,
      silent: (names) => `Sans ceux-ci, qui ne répondent pas : ${f.list(names)}.`,
      unknown:
        'On ne sait pas ce qui tient : les hôtes diront ce qu’ils gardent au prochain envoi, avec datis disperse.',
      margin: (margin) =>
        margin < 0
          ? 'Les hôtes seuls ne font pas revenir tout ce qui est chez eux.'
          : margin === 0
            ? 'Tout ce qui est chez les hôtes revient ; aucun autre ne peut tomber.'
            : `Tout ce qui est chez les hôtes revient ; ${f.plural(margin, 'autre, quelconque, peut', 'autres, quelconques, peuvent')} tomber.`,
      bytes: (held, total) => `Des paquets, ${held} sur ${total} reviennent,`,
      stripes: (held, total) => `soit ${f.number(held)} sur ${f.plural(total, 'paquet', 'paquets')},`,
      snapshots: (held, total) =>
        held === null
          ? 'et il serait trop long de dire quels instantanés.'
          : `et ${f.number(held)} sur ${f.plural(total, 'instantané', 'instantanés')}.`,
      column: 'S’il tombe',
      each: (margin) =>
        margin < 0
          ? 'tout ne revient pas'
          : margin === 0
            ? 'aucun autre ne peut'
            : f.plural(margin, 'autre peut', 'autres peuvent'),
    },
    founded: (community, count) => `La communauté ${community} est fondée, avec ${boxes(count)}.`,
    is: (community, number) => `Communauté ${community}, charte ${f.number(number)}`,
    code: (n, k) =>
      n === 1
        ? 'Chaque paquet est copié chez un seul hôte : c’est peu, tant que d’autres organisations ne vous rejoignent pas.'
        : `Chaque paquet devient ${f.plural(n, 'fragment', 'fragments')} chez autant d’hôtes ; ${f.plural(k, 'quelconque suffit', 'quelconques suffisent')} à le retrouver, ${f.plural(n - k, 'peut être perdu', 'peuvent être perdus')}.`,
    alone: 'Aucun autre Datis ne garde encore rien : invitez une autre organisation avec datis community invite.',
    invited: (until) => `Ce code laisse entrer une organisation, une fois, jusqu’au ${until} :`,
    advice: 'Transmettez-le là où personne d’autre ne le lit : le premier qui l’a peut entrer.',
    joined: (community) => `Ce Datis est maintenant dans la communauté ${community}.`,
    next: (data) =>
      `Ensuite, faites fonctionner ce Datis, pour que les autres gardent chez lui et lui chez eux : datis box run --data ${data}`,
    nextRunning: (data) => `Ensuite, dites ce que ce Datis sauvegarde : datis source add NOM CHEMIN --data ${data}`,
    waits: (approvals, needed) =>
      approvals < needed
        ? `Approuvé par ${f.number(approvals)} sur ${f.plural(needed, 'organisation nécessaire', 'organisations nécessaires')} ; les autres le font avec datis community approve.`
        : 'Assez d’organisations approuvent ; cela prend effet dès que plus de la moitié répondent.',
    done: 'C’est fait : plus de la moitié des organisations ont signé la nouvelle liste des membres.',
    nothingWaits: 'Rien n’attend d’approbation.',
    approve: 'Approuvez avec : datis community approve DÉCISION',
    joinedAct: 'C’était déjà demandé : votre organisation l’approuve aussi.',
    invitation: (id) => `invitation ${id}`,
    invitationFor: (id, whom) => `invitation ${id} pour ${whom}`,
    invitations: 'Invitations ouvertes ; pour en reprendre une : datis community revoke IDENTIFIANT',
    revocable: (id) => `Pour la reprendre : datis community revoke ${id}`,
    column: { box: 'Identifiant du Datis', organisation: 'de l’organisation', for: 'Pour', until: 'Bonne jusqu’au' },
    out: {
      left: 'Cette organisation a quitté la communauté.',
      expelled: 'Cette organisation a été exclue de la communauté.',
    },
    alarm: (number) =>
      `ALARME : il y a deux listes de membres valables avec le numéro ${f.number(number)}. Ces organisations ont signé les deux :`,
    kinds: {
      invite: 'inviter',
      admit: 'admettre',
      box: 'ajouter un Datis',
      addresses: 'changer d’adresses',
      'remove-box': 'retirer un Datis',
      leave: 'partir',
      expel: 'exclure',
      'revoke-invitation': 'reprendre une invitation',
    },
  }
}
