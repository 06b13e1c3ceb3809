/** La console dans le navigateur. */
import type { Formats } from '../formats.ts'
import { phasesFr } from '../phases-fr.ts'
import type { webEnglish } from './en.ts'
import { firstFr } from './first-fr.ts'
import { intentsFr } from './intents-fr.ts'
import { peerFaults } from './peer-faults.ts'
import { policiesFr } from './policies-fr.ts'
import { restoreFr } from './restore-fr.ts'
import { sourcesFr } from './sources-fr.ts'
import { wordFor } from './word-for.ts'

const TASKS = {
  'source.add': 'Ajout d’une source',
  'source.set': 'Modification d’une source',
  'policy.set': 'Changement de rétention',
  'snapshot.take': 'Instantané',
  'snapshot.hold': 'Conservation d’un instantané',
  'snapshot.expire': 'Expiration d’instantanés',
  'community.invite': 'Invitation d’un membre',
  'community.join': 'Adhésion à une communauté',
  'community.enter': 'Entrée dans la communauté',
  'community.readdress': 'Changement d’adresse',
  'community.approve': 'Approbation d’une décision',
  'community.drain': 'Préparation du départ',
  'community.stay': 'Départ annulé',
  'community.leave': 'Départ de la communauté',
  'community.remove': 'Retrait d’un Datis',
  'community.expel': 'Exclusion d’un membre',
  'community.revoke': 'Retrait d’une invitation',
  disperse: 'Envoi aux hôtes',
  'files.return': 'Remise en place',
  'vault.fetch': 'Rapatriement',
  'vault.scrub': 'Relecture du coffre',
  'vault.collect': 'Récupération d’espace',
  'vault.check': 'Vérification du coffre',
  'vault.reindex': 'Reconstruction de l’index',
  'drill.run': 'Exercice de restauration',
  'hosting.scrub': 'Relecture de ce qui est gardé pour d’autres',
  'release.cancel': 'Reprise de libérations',
  'release.undo': 'Annulation de libérations',
  'release.approve': 'Approbation d’une libération',
  'limits.set': 'Changement des limites de la ligne',
  'peer.probe': 'Essai d’accès depuis l’extérieur',
  'contacts.set': 'Changement des contacts',
  'mail.test': 'Envoi d’un courriel d’essai',
}

const FACTS = {
  files: 'Fichiers',
  bytes: 'Taille',
  packs: 'Paquets',
  state: 'État',
  receipts: 'Reçus',
  needed: 'Reçus nécessaires',
  head: 'Tête',
  name: 'Nom',
  released: 'Paquets libérés',
  dropped: 'Paquets retirés d’ici',
  droppedBytes: 'Espace récupéré ici',
  repacked: 'Paquets emballés de nouveau',
  repackedBytes: 'Emballé de nouveau',
  damaged: 'Abîmés',
  missing: 'Manquants',
  mended: 'Réparés',
  ok: 'En ordre',
  at: 'Quand',
  sent: 'Envoyé à',
  fragments: 'Fragments',
}

const CAME = {
  whole: 'protégé, marge pleine',
  protected: 'protégé',
  stored: 'les hôtes n’en ont pas encore assez',
  ok: 'tout est revenu',
  degraded: 'tout est revenu, des hôtes manquants',
  failed: 'tout n’est pas revenu',
}

const DEEDS = {
  'files.taken': 'a consulté ou téléchargé des fichiers',
  'files.returned': 'a remis des fichiers en place',
  'intent.made': 'a fait une demande',
  'intent.approved': 'a approuvé une demande',
  'intent.cancelled': 'a annulé une demande',
  'passkey.added': 'a ajouté une clé d’accès',
  'passkey.counter': 'une clé d’accès a été refusée : son compteur n’avance pas',
  'passkey.removed': 'a retiré une clé d’accès',
  'session.begun': 's’est connecté',
  'session.refused': 's’est vu refuser la connexion',
  'setup.code': 'un code de mise en service a été émis',
  'sheet.confirmed': 'a confirmé la fiche de secours',
  'sheet.refused': 's’est trompé de mots de la fiche de secours',
  'source.people': 'a changé à qui appartient une source',
  'task.begun': 'a lancé une tâche',
  'token.made': 'a créé un jeton',
  'token.revoked': 'a révoqué un jeton',
  'user.changed': 'a modifié un compte',
  'user.made': 'a créé un compte',
  'user.password': 'a défini un mot de passe',
  'user.removed': 'a supprimé un compte',
  'user.totp': 'a changé un second facteur',
}

export function webFrench(f: Formats): ReturnType<typeof webEnglish> {
  const losses = (count: number) => (count === 0 ? 'plus aucune perte' : `encore ${f.plural(count, 'perte', 'pertes')}`)
  return {
    actor: { box: 'le Datis', token: 'un programme', other: 'quelqu’un d’autre' },
    never: 'jamais',
    yes: 'oui',
    peerFault: (code) => wordFor(peerFaults.fr, code),
    no: 'non',
    justNow: 'à l’instant',
    readOnly: 'Pour y changer quelque chose, tapez sur le Datis :',
    action: {
      again: 'Réessayer',
      cancel: 'Annuler',
      confirm: 'Confirmer',
      restore: 'Restaurer',
      more: 'Afficher la suite',
      newest: 'Les plus récentes',
      older: 'Plus anciennes',
      remove: 'Retirer',
      close: 'Fermer',
    },
    fault: {
      happened: 'Cette page ne peut pas être affichée telle quelle.',
      follows: 'Ce qui est sauvegardé n’est pas concerné. Après une mise à jour du Datis, ses pages sont différentes.',
      todo: 'Rouvrez-la ; si cela ne suffit pas, dites à qui s’occupe du Datis ce que vous avez fait.',
    },
    silence: {
      happened: 'Le Datis ne répond pas.',
      follows: 'Il redémarre peut-être, ou cet appareil a perdu le réseau. Rien de ce qui est sauvegardé n’est perdu.',
      todo: 'Patientez un instant et réessayez ; si cela dure, regardez si le Datis est allumé.',
      since: (at) =>
        `Le Datis ne répond plus depuis ${f.time(at)}. Cette page montre ce qui était connu à ce moment-là ; elle se met à jour dès qu’il répond.`,
    },
    state: {
      proved: 'prouvé',
      whole: 'protégé, marge pleine',
      protected: 'protégé',
      stored: 'enregistré ici',
      incomplete: 'incomplet',
      unknown: 'inconnu',
      ended: 'terminée',
      done: 'faite',
      partial: 'faite en partie',
      failed: 'échouée',
      cancelled: 'annulée',
      interrupted: 'interrompue',
      running: 'en cours',
      waiting: 'en attente',
      complete: 'complet',
      answers: 'répond',
      lent: 'répond (par sa propre connexion)',
      silent: 'ne répond pas',
    },
    role: {
      administrator: 'administrateur',
      operator: 'opérateur',
      user: 'utilisateur',
      reader: 'lecture seule',
    },
    screen: {
      dashboard: 'Tableau de bord',
      sources: 'Sources',
      restore: 'Restaurer',
      community: 'Communauté',
      policies: 'Rétention',
      accounts: 'Comptes',
      tasks: 'Tâches et journal',
      profile: 'Mon compte',
    },
    shell: {
      skip: 'Aller au contenu',
      menu: 'Menu',
      find: 'Chercher',
      atWork: (count) => f.plural(count, 'tâche', 'tâches'),
      alarms: (count) => f.plural(count, 'alerte', 'alertes'),
      ended: (task: string, state: string) => `${task} : ${state}`,
      seeTask: 'Voir ce qui a changé',
      otherLanguage: 'EN: in English',
      light: 'Thème clair',
      dark: 'Thème sombre',
      account: (name) => `Compte : ${name}`,
      leave: 'Se déconnecter',
    },
    finder: {
      placeholder: 'Écran, source, fichier…',
      source: (name) => `Restaurer depuis ${name}`,
      files: (text) => `Chercher « ${text} » dans les fichiers sauvegardés`,
      nothing: 'Rien ne porte ce nom.',
    },
    stepUp: {
      title: 'Confirmez que c’est vous',
      why: 'Le Datis veut être sûr que c’est vous, et non quelqu’un devant un écran laissé ouvert. Il ne le redemande pas pendant cinq minutes.',
      passkey: 'Utiliser une clé d’accès',
    },
    signIn: {
      title: 'Datis',
      enter: 'Se connecter',
      or: 'ou',
      passkey: 'Se connecter avec une clé d’accès',
    },
    account: {
      name: 'Nom',
      password: 'Mot de passe',
      passwordHelp: 'Au moins 12 caractères ; une phrase de quatre mots convient bien.',
      code: 'Code',
      codeWhere: 'Les six chiffres de votre application, ou un code sur papier.',
      disabled: 'désactivé',
      hasTotp: 'application à codes',
      noTotp: 'aucun',
      allSources: 'toutes les sources',
      sources: (names) => (names.length === 0 ? 'aucune source pour l’instant' : `sources : ${f.list(names)}`),
      addWith: 'Les comptes s’ajoutent par l’API (docs/protocol/console.md) :',
      giveWith: 'De même pour dire à qui est une source :',
    },
    column: {
      source: 'Source',
      state: 'État',
      newest: 'Dernier complet',
      actions: 'Actions',
      task: 'Tâche',
      begun: 'Commencée',
      ended: 'Finie',
      by: 'Par',
      box: 'Datis',
      organisation: 'Organisation',
      latency: 'Répond en',
      gives: 'Garde pour nous',
      takes: 'Nous gardons pour lui',
      role: 'Rôle',
      factor: 'Second facteur',
      created: 'Depuis',
      name: 'Nom',
      size: 'Taille',
      modified: 'Modifié',
      versions: 'Versions',
    },
    banner: {
      title: {
        proved: 'Tout est protégé',
        protected: 'Tout est protégé',
        stored: 'Pas encore protégé',
        incomplete: 'À surveiller',
        action: 'Action requise',
        unknown: 'État inconnu',
      },
      nothingYours: 'Aucune source n’est encore à vous : un administrateur dit lesquelles le sont.',
      nothing: 'Rien n’est encore sauvegardé. Choisissez un dossier : son premier instantané est pris aussitôt.',
      sheet:
        'Personne n’a confirmé la fiche de secours. Sans ses 24 mots, un Datis détruit ne peut pas être reconstruit.',
      unsaved: (names) =>
        `Aucun instantané de ${f.list(names)} n’est encore complet. Le premier vient dans un instant, ou prenez-le maintenant.`,
      out: 'Ce Datis n’est plus membre de sa communauté : les hôtes rendent ce qui est à lui pendant 90 jours, et ne gardent rien de nouveau.',
      torn: 'Deux états différents de ce Datis, ou de sa communauté, sont signés : son disque a été remis en arrière, ou quelqu’un d’autre a sa clé. À examiner avant toute chose.',
      drillFailed: 'Le dernier exercice a échoué : des fichiers ne sont pas revenus des hôtes seuls.',
      fell: (names) =>
        `${f.list(names)} ${names.length === 1 ? 'compte' : 'comptent'} bien moins de fichiers, ou de contenu, qu’avant. Quelque chose a-t-il été supprimé ou chiffré ? Les instantanés précédents l’ont encore.`,
      alone: 'Vos données ne sont que sur ce Datis : un incendie ou un vol les emporterait. Rejoignez une communauté.',
      unconfirmed: 'Les derniers instantanés sont sur ce Datis ; les hôtes n’en ont pas encore assez.',
      unproved: 'Les hôtes peuvent tout faire revenir. Aucun exercice ne l’a prouvé récemment.',
      proved: (at) => `Les hôtes peuvent tout faire revenir. Dernière preuve de restauration : ${f.instant(at)}.`,
      silent: (names, margin) => {
        const who = `${f.list(names)} ne ${names.length === 1 ? 'répond' : 'répondent'} plus.`
        return margin < 0
          ? `${who} Sans ${names.length === 1 ? 'lui' : 'eux'}, les hôtes ne peuvent pas tout faire revenir : demandez à qui s’en occupe ${names.length === 1 ? 's’il est éteint' : 's’ils sont éteints'} ou sans Internet.`
          : `${who} Vos données supportent ${losses(margin)} ; ce qui manque est refait là où un autre hôte est libre.`
      },
      incomplete: (names) =>
        `Une partie de ${f.list(names)} n’a pas pu être lue. Le dernier instantané complet est conservé.`,
      unknown: (names) =>
        `Aucune sauvegarde de ${f.list(names)} n’est confirmée depuis trop longtemps. La machine est-elle allumée, les hôtes joignables ?`,
      late: (names) => `Aucun instantané de ${f.list(names)} n’a été pris à temps.`,
      mend: {
        take: 'Prendre un instantané',
        disperse: 'Envoyer aux hôtes',
        drill: 'Lancer un exercice',
        add: 'Ajouter une source',
        sheet: 'Fiche de secours',
        look: 'Voir le détail',
        community: 'Voir la communauté',
      },
    },
    facts: {
      local: 'Locale',
      external: 'Externe',
      proved: 'Prouvée',
      noSnapshot: 'aucun instantané',
      notConfirmed: 'pas encore',
      noDrill: 'pas encore',
      sources: (count) => f.plural(count, 'source sauvegardée', 'sources sauvegardées'),
      hosts: (count) => f.plural(count, 'hôte', 'hôtes'),
      notYetThere: (count) =>
        count === 1
          ? 'le dernier instantané d’une source n’y est pas encore'
          : `le dernier instantané de ${f.number(count)} sources n’y est pas encore`,
      answering: (answering, hosts) =>
        `${f.number(answering)} sur ${f.plural(hosts, 'hôte', 'hôtes')} ${answering < 2 ? 'répond' : 'répondent'}`,
      margin: (margin) => `marge ${f.number(margin)}`,
      drillDaily: 'Un exercice a lieu chaque jour dès que les hôtes ont les données.',
      drill: (state, files) =>
        state === 'failed'
          ? `Le dernier exercice a échoué : sur ${f.plural(files, 'fichier', 'fichiers')}, certains ne sont pas revenus.`
          : `${f.plural(files, 'fichier revenu', 'fichiers revenus')} des hôtes seuls${state === 'degraded' ? ', des hôtes manquants' : ''}.`,
    },
    dashboard: {
      running: 'En cours',
      alarms: 'Alertes',
      told: 'annoncée par courriel',
      notTold: 'pas encore annoncée',
    },
    alarm: {
      unknown: (about) =>
        about === ''
          ? 'On ne sait rien des hôtes.'
          : `Aucune sauvegarde de ${about} n’est confirmée depuis trop longtemps.`,
      incomplete: (about) => `Une partie de ${about} n’a pas pu être lue.`,
      late: (about) => `Aucun instantané de ${about} n’a été pris à temps.`,
      fell: (about) =>
        `${about} compte bien moins de fichiers, ou de contenu, qu’avant. Quelque chose a-t-il été supprimé ou chiffré ?`,
      drill: (about) => (about === '' ? 'Le dernier exercice a échoué.' : `Le dernier exercice de ${about} a échoué.`),
    },
    ring: {
      title: 'La communauté',
      margin: 'pertes possibles',
      label: (members, silent) =>
        `${f.plural(members, 'autre Datis', 'autres Datis')}, ${silent === 0 ? 'tous répondent' : `${f.number(silent)} sans réponse`}`,
      aloneTitle: 'Ce Datis est seul',
      alone:
        'Dans une communauté, d’autres Datis gardent des fragments chiffrés de vos données, et celui-ci garde les leurs.',
    },
    space: {
      title: 'Espace',
      used: 'Occupé sur ce disque',
      lent: 'Prêté aux autres',
      free: 'Disponible',
      limit: (bytes) => `Les autres peuvent occuper ${bytes} au plus.`,
    },
    sources: sourcesFr(f),
    intents: intentsFr(f),
    policies: policiesFr(f),
    community: {
      alone: 'Demandez à un membre un code d’invitation, puis tapez sur le Datis l’une de ces commandes :',
      question: 'Combien pouvons-nous en perdre ?',
      holds: (fallen, left) =>
        fallen === 0
          ? `Tous répondent. ${left === 0 ? 'Aucun ne peut tomber' : `${f.plural(left, 'd’entre eux peut', 'd’entre eux peuvent')} tomber d’un coup, et tout ce qui est protégé revient encore`}.`
          : `Avec ${f.number(fallen)} en moins, tout ce qui est protégé revient encore ; ${left === 0 ? 'aucun autre ne peut tomber' : `${f.plural(left, 'autre peut', 'autres peuvent')} tomber`}.`,
      falls: (fallen) =>
        `Avec ${f.number(fallen)} en moins, les hôtes seuls ne peuvent pas tout faire revenir : il faut ce Datis, ou l’un d’eux de nouveau.`,
      first: 'Vous avez fondé une communauté : invitez un premier membre.',
      notYet: 'On ne le sait pas encore : au prochain envoi, les hôtes diront ce qu’ils gardent.',
      comesBack: (held, total, snapshots) =>
        `Les hôtes seuls font revenir ${held} sur ${total}${
          snapshots.held === null
            ? ''
            : `, et ${f.number(snapshots.held)} sur ${f.plural(snapshots.total, 'instantané', 'instantanés')}`
        }.`,
      asOf: (at) => `Tel que les hôtes l’ont confirmé, le ${f.instant(at)}.`,
      ifGone: 'S’il tombe',
      ifThis: (margin) => (margin < 0 ? 'tout ne revient pas' : `marge ${f.number(margin)}`),
      tryIt: 'Cliquez sur des membres pour voir ce qui tient sans eux.',
      members: (count) => f.plural(count, 'autre Datis', 'autres Datis'),
      ms: (ms) => `${ms} ms`,
      facts: 'Charte',
      charter: (id, number, n, k) =>
        `Communauté ${id}, charte ${number}. Chaque paquet devient ${f.number(n)} fragments, dont ${f.number(k)} quelconques le font revenir.`,
      invitations: (count) =>
        count === 0
          ? 'Aucune invitation n’est ouverte.'
          : f.plural(count, 'invitation est ouverte.', 'invitations sont ouvertes.'),
    },
    task: {
      name: (name) => wordFor(TASKS, name),
      phase: (phase) => wordFor(phasesFr, phase),
      fact: (key) => wordFor(FACTS, key),
      came: (value) => wordFor(CAME, value),
      files: (done, total) =>
        total === null
          ? f.plural(done, 'fichier', 'fichiers')
          : `${f.number(done)} sur ${f.plural(total, 'fichier', 'fichiers')}`,
      bytes: (done, total) => (total === null ? done : `${done} sur ${total}`),
      boxes: (done, total) =>
        total === null ? `${f.number(done)} Datis` : `${f.number(done)} Datis sur ${f.number(total)}`,
      progress: 'Avancement',
      left: (duration) => `encore ${duration} environ`,
      showing: 'Ce qui est affiché',
      show: { all: 'Toutes', running: 'En cours', failed: 'Échouées', journal: 'Le journal' },
      noneTitle: 'Rien ici',
      none: 'Les instantanés, exercices, restaurations et tout ce qui dure se retrouvent ici, pendant et après.',
      cancel: 'Annuler cette tâche',
      journal: (lines) => `Journal (${f.plural(lines, 'ligne', 'lignes')})`,
      saved: (source, files, bytes) => `${source} : ${f.plural(files, 'fichier', 'fichiers')}, ${bytes}`,
      partial: 'Tout n’a pas abouti :',
    },
    audit: {
      title: 'Qui a fait quoi',
      whole: 'La chaîne de ce journal est entière : rien n’y a été changé ni retiré.',
      broken: (n) =>
        `La chaîne de ce journal est rompue à l’entrée ${f.number(n)} : quelque chose a été changé ou retiré.`,
      action: (action) => wordFor(DEEDS, action),
    },
    profile: {
      looks: 'Langue et thème',
      language: 'Langue',
      languages: { fr: 'Français', en: 'English' },
      theme: 'Thème',
      themes: { auto: 'Comme le système', light: 'Clair', dark: 'Sombre' },
      password: 'Mot de passe',
      oldPassword: 'Mot de passe actuel',
      newPassword: 'Nouveau mot de passe',
      changePassword: 'Changer le mot de passe',
      passwordChanged: 'Le mot de passe est changé. Les autres sessions sont fermées.',
    },
    factor: {
      title: 'Second facteur',
      is: 'La connexion demande un code de votre application. Connaître votre mot de passe ne suffit pas pour entrer.',
      isNot: 'Avec une application sur votre téléphone, connaître votre mot de passe ne suffit plus pour entrer.',
      begin: 'Configurer',
      replace: 'Reconfigurer',
      picture: 'Image à lire avec l’application',
      scan: 'Lisez cette image avec une application telle qu’Aegis, 2FAS ou votre gestionnaire de mots de passe.',
      type: 'Tapez les six chiffres qu’elle affiche.',
      secret: 'Sans appareil photo, tapez ce secret :',
      accept: 'Activer',
      off: 'Le désactiver',
      offWhat:
        'Sans lui, quiconque apprend votre mot de passe peut entrer. Vos codes sur papier ne valent plus rien aussitôt, et le journal dit qu’il a été désactivé.',
      codes: 'Dix codes pour le jour où le téléphone est perdu. Chacun sert une fois : imprimez-les, ou notez-les.',
    },
    passkeys: {
      title: 'Clés d’accès',
      what: 'Une clé d’accès vous connecte avec votre empreinte, votre visage ou un code PIN ; aucun autre site ne peut s’en servir.',
      notHere: 'Les clés d’accès fonctionnent avec un nom de ce Datis en https, pas à cette adresse.',
      name: 'Son nom',
      example: 'mon téléphone',
      add: 'Ajouter une clé d’accès',
      removeTitle: (name) => `Retirer « ${name} » ?`,
      removeWhat:
        'Elle ne vous connectera plus. Votre mot de passe et vos autres clés continuent de fonctionner. Effacez-la aussi sur l’appareil lui-même.',
      stopped: {
        happened: 'Aucune clé d’accès n’a été utilisée.',
        follows:
          'L’opération a été annulée, a trop tardé, ou l’appareil n’a pas reconnu son propriétaire. Rien n’a changé.',
        todo: 'Réessayez, ou utilisez votre mot de passe.',
      },
      there: {
        happened: 'Cet appareil a déjà une clé d’accès pour ce compte.',
        follows: 'Elle continue de fonctionner. Rien n’a changé.',
        todo: 'Pour en avoir une autre, ajoutez-la sur un autre appareil.',
      },
    },
    sessions: {
      title: 'Où vous êtes connecté',
      browser: 'Navigateur',
      program: 'Un programme',
      address: 'Adresse',
      seen: 'Vue pour la dernière fois',
      isThis: 'celle-ci',
      end: 'Déconnecter',
    },
    restore: restoreFr(f),
    first: firstFr(f),
  }
}
