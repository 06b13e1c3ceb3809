/** Les mots des courriels que les Datis envoient, et des commandes qui s’y rapportent. */
import type { Formats } from './formats.ts'
import type { mailWordsEn } from './mail-en.ts'

export function mailWordsFr(f: Formats): ReturnType<typeof mailWordsEn> {
  return {
    letter: {
      unusualSubject: 'libérations inhabituelles',
      unusual: (name, box) =>
        `Le Datis « ${name} » (${box}) a prié un hôte d’oublier inhabituellement beaucoup de ce qu’il garde pour lui.`,
      host: (name, box) => `Hôte : « ${name} » (${box})`,
      class: { data: 'données', metadata: 'métadonnées' },
      notice: (at, kind, bytes) => `- ${at} : ${kind}, ${bytes} libérés en un jour`,
      reason: { day: 'plus d’un vingtième', brake: 'plus que ne laisse passer le frein' },
      semicolon: ' ; ',
      refused: (bytes) => `${bytes} retenus`,
      purged: (at) => `oubli au plus tôt le ${at}`,
      more: (count) => `- et ${f.plural(count, 'avis plus ancien', 'avis plus anciens')}`,
      wanted: 'Si vous savez pourquoi, il n’y a rien à faire.',
      stolen: 'Sinon, la clé de ce Datis est peut-être en de mauvaises mains. Sans tarder :',
      undo: (box) =>
        `1. Demandez à un autre membre de la communauté de lancer : datis release undo ${box} --data DOSSIER\n   Tout ce qui a été libéré est alors repris, chez chaque hôte qui répond.`,
      words: (days) =>
        `2. Reconstruisez ce Datis sur une machine saine avec ses 24 mots de secours (datis recover) : son ancienne clé ne vaut alors plus rien. Après ${f.plural(days, 'jour', 'jours')} sans reprise, ce qui a été libéré est perdu.`,
      why: 'Un hôte a envoyé ce courriel, pas le Datis lui-même. Vous êtes un contact de ce Datis, ou l’étiez il y a moins de 90 jours. D’autres hôtes peuvent vous écrire aussi, chacun une fois par jour au plus.',
      intentSubject: 'un acte irréversible a été demandé',
      intent: (by, name, box) =>
        `Sur le Datis « ${name} » (${box}), l’administrateur « ${by} » a demandé un acte irréversible :`,
      intents: {
        'policy.set': (source) =>
          `- garder moins longtemps les instantanés de la source « ${source} ». Ce qui est alors trop ancien disparaît.`,
        'snapshot.hold': (snapshot) =>
          `- ne plus conserver l’instantané ${snapshot} à part. Il disparaît dès que sa politique ne le garde plus.`,
        'community.expel': (organisation) => `- exclure de la communauté le membre « ${organisation} ».`,
      },
      intentDue: (at) => `Il a lieu dès qu’un second administrateur l’approuve, et le ${at} si personne ne l’arrête.`,
      intentStop:
        'Si vous savez pourquoi, il n’y a rien à faire. Sinon, un administrateur l’arrête dans la console du Datis, et l’on cherche de quel compte vient la demande.',
      alarmSubject: 'une sauvegarde ne va pas bien',
      alarm: (name, box) => `Le Datis « ${name} » (${box}) signale ceci sur ce qu’il sauvegarde :`,
      alarms: {
        unknown: (source, since) =>
          `- « ${source} » : on ignore si elle est en sûreté ; rien ne l’a confirmé depuis trop longtemps (depuis le ${since}).`,
        incomplete: (source, since) =>
          `- « ${source} » : le dernier instantané est incomplet ; tout n’a pas pu être lu (depuis le ${since}).`,
        late: (source, since) => `- « ${source} » : aucun instantané n’a été pris à temps (depuis le ${since}).`,
        fell: (source, since) =>
          `- « ${source} » : le dernier instantané contient bien moins que le précédent (depuis le ${since}). Quelqu’un a beaucoup effacé, ou ce qui devrait être monté ne l’est pas. Les instantanés précédents ont le reste.`,
        drill: (_source, since) =>
          `- Le dernier exercice de restauration a échoué : ce qu’il a essayé n’a pas pu revenir des hôtes (depuis le ${since}).`,
      },
      alarmLook:
        'À voir sur le Datis : datis status, datis snapshot list, datis drill list. Un courriel revient après une semaine tant que cela dure.',
      testSubject: 'essai',
      test: (name, box) =>
        `Le Datis « ${name} » (${box}) peut envoyer des courriels. C’est ainsi qu’il prévient les contacts des autres membres.`,
    },
    contacts: {
      none: 'Ce Datis n’a indiqué aucun contact : les hôtes qui trouvent ses libérations inhabituelles ne préviennent personne. Indiquez-en avec : datis box contacts ADRESSE… --data DOSSIER',
      cleared: 'Ce Datis n’a pas de contact.',
      are: (addresses, at) =>
        `Les hôtes préviennent des libérations inhabituelles de ce Datis : ${addresses} (depuis le ${at}).`,
      formerly: 'Ceux qui étaient des contacts auparavant sont prévenus pendant encore 90 jours.',
      hosts: (known, all) => `${f.number(known)} sur ${f.plural(all, 'hôte le sait', 'hôtes le savent')}.`,
      later: (names) => `Pas encore, mais redemandé sans intervention : ${names}.`,
    },
    mailServer: {
      none: 'Ce Datis n’envoie pas de courriel : il ne prévient pas les contacts des autres membres. Indiquez un serveur avec : datis box mail --smtp smtps://utilisateur@hôte --from ADRESSE --password-file FICHIER --data DOSSIER',
      is: (url, from) => `Les courriels partent par ${url}, de la part de ${from}.`,
      sent: (to) => `Le serveur a pris un courriel d’essai pour ${to}. Vérifiez qu’il arrive.`,
    },
    warned: {
      unknown: 'inconnus',
      contacts: (count) => f.number(count),
      untold: (name, count) =>
        `ATTENTION : ${f.plural(count, 'avis', 'avis')} de libérations inhabituelles de ${name}, dont personne n’a été prévenu :`,
      noServer: 'ce Datis n’a pas de serveur de courriel (datis box mail).',
      noContacts: 'son propriétaire n’a indiqué aucun contact ; prévenez les siens vous-même.',
      failing: 'le courriel ne part pas ; voyez pourquoi avec datis box mail --test ADRESSE.',
      soon: 'le courriel part dans les minutes qui suivent, tant que le Datis fonctionne.',
    },
  }
}
