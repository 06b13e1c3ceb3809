/** Les mots en français : vouvoiement, mots usuels, jamais « une erreur est survenue ». */

import { communityWordsFr } from './community-fr.ts'
import { consoleWordsFr } from './console-fr.ts'
import { drillWordsFr } from './drill-fr.ts'
import type { Catalogue } from './en.ts'
import { findWordsFr } from './find-fr.ts'
import type { Formats } from './formats.ts'
import { hostingWordsFr } from './hosting-fr.ts'
import { keysWordsFr } from './keys-fr.ts'
import { labWordsFr } from './lab-fr.ts'
import { leaveWordsFr } from './leave-fr.ts'
import { mailWordsFr } from './mail-fr.ts'
import { peerWordsFr } from './peer-fr.ts'
import { phasesFr } from './phases-fr.ts'
import { namedFr } from './placeholders-fr.ts'
import { policyWordsFr } from './policy-fr.ts'
import { sheetWordsFr } from './sheet-fr.ts'
import { sourceWordsFr } from './source-fr.ts'
import { statusWordsFr } from './status-fr.ts'
import { usageWordsFr } from './usage-fr.ts'

export function french(f: Formats): Catalogue {
  const files = (count: number): string => f.plural(count, 'fichier', 'fichiers')
  const boxes = (count: number): string => f.plural(count, 'Datis', 'Datis')
  return {
    help: {
      usage: 'Utilisation :',
      options: 'Options :',
      commands: 'Commandes :',
      arguments: 'Arguments :',
      command: 'commande',
      byDefault: (value) => `par défaut : ${value}`,
      named: namedFr,
      help: 'afficher cette aide',
      version: 'afficher la version',
      json: 'écrire un objet JSON sur la dernière ligne',
      lang: 'langue des textes : fr ou en',
      data: 'dossier de données du Datis',
      wordsIn: 'fichier qui contient les 24 mots de secours',
    },
    command: {
      datis: 'Datis : la sauvegarde mutuelle, sans datacenter',
      box: 'créer et faire fonctionner un Datis',
      boxCreate: 'créer un Datis et montrer, une seule fois, ses 24 mots de secours',
      boxContacts:
        'montrer qui les hôtes préviennent des libérations inhabituelles de ce Datis, ou indiquer jusqu’à quatre adresses',
      boxLimit: 'montrer ou régler à quelle vitesse ce Datis peut utiliser sa ligne, selon les heures de la semaine',
      boxMail: 'montrer, régler ou essayer le serveur de courriel par lequel ce Datis prévient les contacts des autres',
      boxRun: 'faire fonctionner le Datis : héberger pour la communauté et répondre aux commandes, jusqu’à l’arrêt',
      community: 'les Datis qui s’hébergent mutuellement',
      communityFound: 'fonder une communauté, seul ou avec des Datis dont tous les dossiers de données sont à portée',
      communityShow: 'montrer les membres et le code',
      communityWithout: 'ce qui tient sans certains Datis : leurs noms, leurs identifiants ou le début de ceux-ci',
      communityInvite: 'faire un code qui laisse entrer une organisation, une fois, dans les 48 heures',
      communityJoin:
        'entrer dans la communauté à laquelle un code invite ; pour un autre Datis d’un membre : avec --contact seul',
      communityAddress: 'dire à la communauté où joindre désormais ce Datis, le plus probable d’abord',
      communityPending: 'lister ce qui attend des approbations',
      communityApprove: 'approuver une décision, au nom de cette organisation',
      communityLeave: 'quitter la communauté, dès que plus personne ne compte sur ce Datis',
      communityExpel: 'proposer d’exclure une organisation',
      communityRevoke: 'reprendre une invitation',
      snapshot: 'les états des sources à un instant donné',
      snapshotTake: 'prendre un instantané des sources nommées, ou de toutes',
      snapshotList: 'lister les instantanés',
      snapshotShow: 'lister un dossier d’un instantané',
      disperse: 'placer chez les hôtes ce que contient le coffre, jusqu’à ce que chaque fragment soit à sa place',
      restore: 'remettre des fichiers d’un instantané dans un dossier',
      recover: 'reconstruire un Datis à partir de ses 24 mots et d’un membre de sa communauté',
      root: 'les actes que seuls les mots de secours peuvent signer',
      rootSign: 'dire ce que demande une requête, et la signer avec les mots de secours (sur n’importe quelle machine)',
      rootApply: 'remettre une requête signée au Datis, ou par lui aux hôtes du Datis qu’elle concerne',
      rootHeads: 'lister les têtes connues d’un Datis : laquelle était la dernière bonne ?',
      rootRequest: 'demander à la clé racine de l’aide contre le voleur d’un Datis',
      rootUndo: 'demander que toutes les libérations d’un Datis soient reprises',
      rootCondemn:
        'demander que disparaisse aussitôt ce que les hôtes ont reçu après une tête d’un Datis, car son propriétaire ne l’a pas envoyé',
      rootBudget: 'demander qu’un Datis puisse libérer plus que ses hôtes ne le laissent',
      vault: 'ce que ce Datis conserve pour lui-même',
      vaultFetch: 'rapatrier ce que seuls des hôtes ont, comme après une reprise',
      vaultCheck: 'relire et vérifier le coffre, et ce que les hôtes en détiennent',
      vaultReindex: 'reconstruire l’index à partir du journal et des paquets',
      hosting: 'ce que ce Datis garde pour les autres, et où sont ses propres fragments',
      hostingShow: 'montrer qui garde combien et où, et ce qui sera oublié quand',
      hostingScrub: 'relire tout ce que ce Datis garde pour les autres',
      release: 'ce que les hôtes sont priés d’oublier',
      releaseList: 'lister ce que les hôtes sont priés d’oublier, et où ils en sont',
      releaseCancel: 'reprendre des libérations : celles des paquets nommés, ou toutes',
      releaseUndo:
        'reprendre ce que le Datis d’un autre membre a libéré, si sa clé est peut-être en de mauvaises mains',
      releaseApprove: 'laisser le Datis d’un autre membre libérer plus que ses hôtes ne laissent passer',
      peer: 'les Datis des autres membres, et s’ils joignent celui-ci',
      peerList: 'montrer les autres Datis, et lesquels répondent en ce moment',
      peerProbe: 'faire rappeler ce Datis par deux ou trois membres, et dire ce qu’ils ont trouvé',
      brake: 'combien ce Datis peut libérer',
      brakeShow: 'montrer combien chaque hôte laisse libérer, et ce qu’il a trouvé inhabituel',
      demo: 'une communauté de vrais Datis sur cette machine : sauvegarder, perdre des Datis, reconstruire, comparer',
      lab: 'une communauté d’exercice, de vrais Datis sur cette machine, qui reste jusqu’à ce qu’on l’arrête',
      labUp:
        'créer une communauté de N Datis (2 à 12), chacun dans son processus ; sans N, redémarrer ce qui ne tourne pas',
      labShow: 'montrer les Datis et leur état',
      labFail:
        'mettre le Datis N en panne. PANNE : fire (tué, son dossier effacé), silent (tourne et ne répond plus), cut (éteint), liar (quelques bits changés dans ce qu’il garde)',
      labHeal: 'tout réparer : redémarrer, reconstruire depuis les mots, relire, disperser',
      labDown: 'arrêter tous les Datis et effacer leur dossier',
    },
    option: {
      name: 'nom du Datis (par défaut : celui de cette machine)',
      zone: 'fuseau horaire (par défaut : celui de cette machine)',
      listen: 'où attendre les connexions des autres Datis',
      address: 'où les autres Datis joignent celui-ci (par défaut : déduit de --listen)',
      wordsTo: 'écrire les mots de secours dans un nouveau fichier plutôt qu’à l’écran',
      wordsOf: 'créer un autre Datis de l’organisation dont ce fichier contient les mots',
      dataEach: 'dossier de données d’un fondateur ; une fois par Datis',
      successor: 'fonder une communauté à la suite d’une autre dont aucune majorité n’a répondu depuis 7 jours',
      contact: 'où l’invité joint un membre, HÔTE:PORT ; peut être répété (par défaut : ce Datis et d’autres)',
      contactOfMember: 'où un membre répond, pour un autre Datis d’un membre ; peut être répété',
      inviteFor: 'pour qui elle est, tel que le liront ceux qui approuvent',
      valid: 'combien de temps le code est bon, comme 90s, 10m, 2h (par défaut et au plus : 48h)',
      organisationName: 'nom de l’organisation dans la liste des membres (par défaut : celui du Datis)',
      exclude: 'laisser de côté ce qui correspond (règles de .gitignore) ; peut être répété',
      oneFileSystem: 'ne pas entrer dans les autres systèmes de fichiers',
      wait: 'combien de temps attendre les hôtes, comme 90s, 10m, 2h',
      over: 'remplacer ce qui gêne',
      beside: 'garder ce qui gêne et restaurer à côté, avec la date dans le nom',
      missing: 'ne restaurer que ce qui manque',
      dryRun: 'dire seulement ce qui serait restauré',
      peer: 'adresse d’un membre, HÔTE:PORT ; peut être répété',
      boxId: 'quel Datis de l’organisation, si elle en a plusieurs',
      before: 'le dernier état qui ne soit pas postérieur à cet instant (ISO 8601)',
      out: 'fichier où écrire la déclaration signée',
      outRequest: 'fichier où écrire la requête',
      ownerBox: 'identifiant du Datis concerné (par défaut : celui-ci)',
      lastGood: 'numéro de la dernière bonne tête, d’après datis root heads',
      yes: 'ne pas demander avant de signer',
      boxes: 'nombre de Datis',
      lose: 'combien d’hôtes perdre en plus du propriétaire (par défaut : 2, ou autant qu’on peut en perdre)',
      keep: 'laisser tous les Datis en fonctionnement à la fin, y compris ceux qui étaient perdus, avec la console du premier',
      labFolder: 'dossier du labo (par défaut : $XDG_STATE_HOME/datis/lab, sinon ~/.local/state/datis/lab)',
      fast: 'faire passer un jour en 10 secondes pour l’attente des hôtes de réserve (48 h) et pour le temps vécu des hôtes (libérations : 44 jours ; frein) ; tout le reste, comme les invitations, dure autant que d’habitude',
      labKeep: 'arrêter les Datis, garder le dossier',
      labYes: 'ne pas demander avant d’effacer',
      budgetBytes: 'combien de plus, comme 500Mo ou 20Go, chez chaque hôte',
      budgetClass: 'quelle classe : data (données) ou metadata (métadonnées)',
      budgetLasting: 'chaque semaine désormais, plutôt qu’une fois',
      contactsNone: 'n’indiquer personne',
      limitUp:
        'limite d’envoi en kbit/s, comme 2000 ou « lun-ven 08:00-18:00 2000 » ; répétable, la première qui vaut compte',
      limitDown: 'limite de réception, écrite de même',
      limitOff: 'plus aucune limite',
      smtp: 'serveur de courriel, comme smtps://utilisateur@hôte ou smtp://hôte:587 (STARTTLS)',
      mailFrom: 'adresse de l’expéditeur',
      passwordFile: 'fichier qui contient le mot de passe ; conservé dans le dossier de données, jamais montré',
      mailOff: 'ne plus envoyer de courriel',
      mailTest: 'envoyer un courriel d’essai à cette adresse',
      snapshotId: 'identifiant d’un instantané, son début, ou latest (le dernier)',
    },
    usage: usageWordsFr(f),
    failure: {
      title: 'Datis n’a pas pu le faire.',
      technical: (code) => `(code ${code})`,
      cancelled: 'Annulé. Rien de ce qui a été confirmé n’est perdu ; la même commande reprend où elle s’est arrêtée.',
    },
    phase: phasesFr,
    progress: {
      files,
      remaining: (ms) => `encore ${f.duration(ms)}`,
      of: (done, total) => `${done} sur ${total}`,
      boxes: (count) => `${f.number(count)} Datis`,
      reached: {
        protected:
          'Protégé : assez d’hôtes détiennent assez de fragments pour tout retrouver. L’envoi continue jusqu’à la marge pleine.',
      },
    },
    state: {
      complete: 'complet',
      incomplete: 'incomplet',
      whole: 'marge pleine',
      protected: 'protégé',
      stored: 'enregistré',
    },
    kind: { file: 'fichier', folder: 'dossier', symlink: 'lien', hardlink: 'second nom', other: 'autre' },
    column: {
      id: 'Identifiant',
      source: 'Source',
      at: 'Pris le',
      state: 'État',
      files: 'Fichiers',
      bytes: 'Taille',
      kind: 'Nature',
      mode: 'Droits',
      owner: 'Propriétaire',
      modified: 'Modifié le',
      name: 'Nom',
      paths: 'Chemins',
      excludes: 'Exclus',
      organisation: 'Organisation',
      box: 'Datis',
      address: 'Adresse',
      host: 'Hôte',
      fragment: 'Fragment',
      fragments: 'Fragments',
      fate: 'Sort',
      phase: 'Étape',
      duration: 'Durée',
      rate: 'Mio/s',
      cpu: 's CPU/Gio',
      path: 'Chemin',
      act: 'Décision',
      by: 'Par',
      about: 'Objet',
      approvals: 'Approbations',
      since: 'Depuis',
      number: 'N',
      folder: 'Dossier',
      process: 'Processus',
      held: 'Gardé',
      released: 'Libéré',
      nextPurge: 'Prochain oubli dans',
      rotten: 'Endommagés',
      contacts: 'Contacts',
      told: 'Prévenus le',
      class: 'Classe',
      least: 'Minimum sur 30 jours',
      room: 'Peut être libéré',
      budget: 'Budgets',
      pack: 'Paquet',
      until: 'Au plus tôt',
      cause: 'Cause',
      what: 'Attribut',
    },
    box: {
      created: (box, root) => `Le Datis ${box} est créé. Son organisation est ${root}.`,
      wordsHere:
        'Ces 24 mots font revenir le Datis quand tout le reste est perdu. Ils sont montrés cette seule fois et ne sont conservés nulle part :',
      wordsAdvice:
        'Notez-les sur papier, gardez ce papier loin du Datis, et dites à une seconde personne où il se trouve. Qui les possède lit toutes vos données ; sans eux, personne ne peut les retrouver, pas même nous.',
      wordsWritten: (path) =>
        `Les 24 mots de secours sont dans ${path}, lisible par vous seul. Recopiez-les sur papier, puis effacez ce fichier.`,
      wordsUnseen:
        'Les mots de secours de cette nouvelle organisation n’ont été ni montrés ni écrits : ses données seront irrécupérables si ce Datis est perdu. Pour les conserver, créez le Datis avec --words-to FICHIER.',
      running: (listen) => `Le Datis fonctionne et écoute sur ${listen}. Ctrl+C l’arrête.`,
      stopped: 'Le Datis est arrêté.',
    },
    community: communityWordsFr(f),
    source: sourceWordsFr(f),
    snapshot: {
      none: 'Il n’y a pas encore d’instantané. Prenez-en un avec : datis snapshot take',
      taken: (source, count, bytes) => `« ${source} » est sauvegardée : ${files(count)}, ${bytes}.`,
      unread: (source) =>
        `Rien de « ${source} » n’a pu être lu : elle n’a pas été sauvegardée. Vérifiez ses chemins et ses droits.`,
      incomplete: (count) =>
        `${f.plural(count, 'élément n’a pas pu être sauvegardé', 'éléments n’ont pas pu être sauvegardés')} ; tout le reste l’est. L’instantané est marqué incomplet :`,
      fell: (source, count, before, bytes, bytesBefore) =>
        `Attention : « ${source} » a bien moins que la dernière fois : ${files(count)} au lieu de ${f.number(before)}, ${bytes} au lieu de ${bytesBefore}. Les instantanés antérieurs ont le reste ; voyez pourquoi avant qu’ils n’expirent, ou retenez-en un : datis snapshot hold`,
      less: 'bien moins qu’avant',
      empty: 'Ce dossier est vide.',
      partial: 'non lu cette fois',
    },
    disperse: {
      whole: 'Marge pleine : chaque fragment est chez son hôte.',
      protected: 'Protégé, mais pas encore avec la marge pleine : des fragments ne sont pas à leur place.',
      stored: 'Non protégé : ce que contient ce Datis ne pourrait pas être retrouvé s’il était perdu maintenant.',
      stripes: (whole, protectedCount, total) =>
        `Paquets : ${f.number(total)}, dont protégés ${f.number(protectedCount)}, à marge pleine ${f.number(whole)}.`,
      head: (head, receipts, needed) =>
        `La tête ${f.number(head)} a ${f.plural(receipts, 'reçu', 'reçus')} sur ${f.plural(needed, 'nécessaire', 'nécessaires')}.`,
      lost: (count) =>
        `${f.plural(count, 'paquet a été perdu avant d’être protégé', 'paquets ont été perdus avant d’être protégés')} : il peut manquer des données à des instantanés anciens, mais pas aux derniers complets.`,
      trouble: 'Ces hôtes n’ont pas pris ce qu’ils devaient :',
      again: 'Relancez la commande quand ils répondront ; elle n’envoie que ce qui manque.',
    },
    restore: {
      done: (count, bytes) => `Restauré : ${files(count)}, ${bytes}.`,
      would: (count, bytes) => `Serait restauré : ${files(count)}, ${bytes}. Rien n’a été écrit.`,
      failed: (count) =>
        `${f.plural(count, 'élément n’a pas pu être restauré', 'éléments n’ont pas pu être restaurés')} :`,
      notSet: (count) => `Sur ${f.plural(count, 'élément', 'éléments')}, le système a refusé de poser un attribut :`,
      damaged: (count) =>
        `${f.plural(count, 'fragment abîmé a été trouvé et remplacé', 'fragments abîmés ont été trouvés et remplacés')} par d’autres :`,
    },
    recover: {
      done: (box, at) => `Le Datis ${box} est de retour, tel qu’il était le ${at}.`,
      newest: 'Assez de membres ont répondu : c’est bien l’état le plus récent.',
      perhaps:
        'C’est l’état le plus récent qui ait été trouvé. Un plus récent peut exister chez un membre qui n’a pas répondu, ou qui a menti.',
      answered: (count, names) => `${f.plural(count, 'Datis a répondu', 'Datis ont répondu')} : ${names}.`,
      hosts: (count, names) => `${f.plural(count, 'hôte garde', 'hôtes gardent')} ses fragments : ${names}.`,
      silent: (count, names) =>
        `${f.plural(count, 'Datis n’a pas été joint', 'Datis n’ont pas été joints')} : ${names}.`,
      missing: (count) =>
        `${f.plural(count, 'paquet de listes de fichiers n’a pas pu être obtenu', 'paquets de listes de fichiers n’ont pas pu être obtenus')} de ceux qui ont répondu : les instantanés qui en ont besoin ne peuvent pas être lus pour l’instant.`,
      earlier: 'Des états antérieurs sont aussi disponibles, avec --before :',
      next: (data) =>
        `Retrouvez les fichiers avec : datis restore latest DOSSIER --data ${data}\nPuis, avant le prochain instantané : datis vault fetch --data ${data}  (sinon tout est envoyé de nouveau).`,
    },
    root: {
      asks: 'Cette requête demande à la clé racine de l’organisation de signer :',
      confirm: 'La signer ?',
      refused: 'Rien n’a été signé.',
      requested: (path) =>
        `La requête est dans ${path}. Portez-la là où sont les mots et lancez : datis root sign ${path} --words FICHIER --out FICHIER`,
      signed: (path) => `Signé : ${path}.`,
      next: {
        box: (path) => `Portez-le au Datis et lancez : datis root apply ${path} --data DOSSIER`,
        hosts: (path) =>
          `Portez-le à n’importe quel Datis de la communauté et lancez : datis root apply ${path} --data DOSSIER`,
      },
      headsNone: 'Aucune tête de ce Datis n’est connue ici.',
      condemned: (box, count, bytes, hosts) =>
        `Condamné chez ${f.plural(hosts, 'hôte', 'hôtes')} de ${box} : ${f.plural(count, 'fragment disparu', 'fragments disparus')}, ${bytes}.`,
      unasked:
        'Ces hôtes n’ont pas dit ce qui a été libéré : une libération plus récente, connue d’eux seuls, ne serait pas reprise.',
      trouble: 'Ces hôtes ne l’ont pas fait, ou pas entièrement :',
      again: 'Remettez le même fichier quand ils répondront : ce qui est déjà fait ne change pas.',
      budget: { once: 'une fois, dans les 30 jours', lasting: 'chaque semaine désormais' },
      applied: (what) => `Appliqué : ${what}.`,
      kinds: {
        epoch:
          'mettre fin à une bifurcation : une nouvelle époque commence après la tête nommée, les autres branches sont nulles',
        certificate: 'certifier la clé d’un Datis : qui détient cette clé parle au nom de ce Datis',
        undo: 'reprendre tout ce que le Datis a libéré jusque-là : les hôtes le gardent comme avant',
        condemn:
          'faire disparaître AUSSITÔT et pour de bon ce que les hôtes ont reçu du Datis après la tête nommée, sous des clés de son époque ou d’avant ; ce qu’ils avaient auparavant reste',
        'brake-budget':
          'laisser le Datis libérer autant de plus chez chaque hôte, au-delà de ce que les hôtes laissent d’eux-mêmes',
      },
      field: {
        organisation: 'organisation',
        box: 'Datis',
        epoch: 'époque',
        number: 'tête',
        hash: 'empreinte de la tête',
        until: 'jusqu’au',
        class: 'classe',
        bytes: 'taille',
        budget: 'combien de fois',
        at: 'demandé le',
        role: 'rôle',
      },
    },
    vault: {
      ok: (packs, bytes) =>
        `Tout va bien : ${f.plural(packs, 'paquet', 'paquets')}, ${bytes}, tout est relu et vérifié.`,
      damaged: (count) => `${f.plural(count, 'copie abîmée trouvée', 'copies abîmées trouvées')} :`,
      heal: 'Lancez datis disperse : des fragments sains seront remis à leur place, depuis le coffre ou depuis les autres hôtes.',
      unreached: (names) => `N’ont pas pu être interrogés : ${names}.`,
      here: 'ce Datis',
      fetched: 'Tout le coffre est sur ce Datis.',
      away: (packs, bytes) =>
        `${f.plural(packs, 'paquet n’est encore que chez', 'paquets ne sont encore que chez')} des hôtes (${bytes}) : le disque est presque plein, ou trop peu d’entre eux répondent.`,
      reindexed: (packs, chunks, snapshots) =>
        `L’index est reconstruit : ${f.plural(packs, 'paquet', 'paquets')}, ${f.plural(chunks, 'bloc', 'blocs')}, ${f.plural(snapshots, 'instantané', 'instantanés')}.`,
    },
    ...hostingWordsFr(f),
    limits: {
      none: 'sans limite',
      kbit: (kbit) => `${f.number(kbit)} kbit/s`,
      rule: (direction, rule) => `${direction === 'up' ? 'Envoie' : 'Reçoit'} ${rule}`,
      now: (up, down) => `En ce moment : envoi ${up}, réception ${down}.`,
    },
    peer: peerWordsFr,
    leave: leaveWordsFr(f),
    policy: policyWordsFr(f),
    drill: drillWordsFr(f),
    sheet: sheetWordsFr,
    status: statusWordsFr(f),
    find: findWordsFr(f),
    console: consoleWordsFr,
    keys: keysWordsFr,
    ...mailWordsFr(f),
    demo: {
      begin: (count, folder) =>
        `${boxes(count)} sur cette machine, chacun dans son processus ; sauvegarde de ${folder}`,
      founded: (n, k) =>
        `Un Datis a fondé une communauté, les autres l’ont rejointe avec ses codes. ${f.plural(k, 'fragment quelconque', 'fragments quelconques')} sur ${f.number(n)} ${k === 1 ? 'suffit' : 'suffisent'} à retrouver un paquet.`,
      holders: 'Qui détient quoi des données du propriétaire (chiffré, illisible pour eux) :',
      kill: (count) =>
        `Maintenant, l’incendie : le Datis du propriétaire et ${f.plural(count, 'hôte', 'hôtes')} sont tués (SIGKILL), leurs dossiers de données effacés.`,
      recovering: (peer) => `Un Datis neuf et vide a les 24 mots et l’adresse d’un survivant, ${peer}.`,
      comparing: 'Comparaison de chaque octet et de toutes les métadonnées.',
      lost: 'perdu',
      lives: 'en vie',
      spare: 'hôte de réserve',
      account: 'Le bilan',
      saved: (count, bytes) => `Sauvegardé : ${files(count)}, ${bytes}.`,
      held: (bytes, overhead) => `Chez les hôtes, parité comprise : ${bytes} (${overhead} de la taille des fichiers).`,
      losses: (lost, boxesTotal) =>
        `Perdu : le Datis du propriétaire et ${f.plural(lost, 'hôte', 'hôtes')} sur ${f.number(boxesTotal - 1)}.`,
      memory: (bytes) => `Plus grande mémoire d’un Datis : ${bytes}.`,
      identical: (count) =>
        `IDENTIQUE : ${f.plural(count, 'fichier est revenu', 'fichiers sont revenus')} au bit près, avec droits, propriétaire, dates, liens et natures.`,
      unlisted: (count) =>
        `${f.plural(count, 'élément est une prise ou un périphérique : noté, non sauvegardé', 'éléments sont des prises ou des périphériques : notés, non sauvegardés')}.`,
      different: (count) => `DIFFÉRENT : ${f.plural(count, 'différence', 'différences')} :`,
      missing: (missing, needed, found) =>
        `IRRÉCUPÉRABLE : la perte dépasse ce que le code supporte. Fragments qui restent d’un paquet : ${f.number(found)} ; il en manque ${f.number(missing)} sur ${f.number(needed)} nécessaires. Rien n’a été restauré.`,
      noneLeft: 'Tous les Datis ont disparu.',
      leftovers: 'Pourtant quelque chose a été écrit là où irait la restauration : cela ne doit pas arriver.',
      survived:
        'Plus de fragments sont perdus que le code n’en supporte, et pourtant une restauration a réussi : cela ne doit pas arriver.',
      kept: (folder, processes) =>
        `Les Datis restent en fonctionnement ; tout est dans ${folder}. Pour les arrêter : kill ${processes}`,
      more: (count) => `… et ${f.number(count)} de plus`,
      phases: { snapshot: 'instantané', disperse: 'dispersion', recover: 'reprise', restore: 'restauration' },
      step: (name) => `Une étape de la démonstration a échoué : ${name}`,
      unavailable: '–',
    },
    lab: labWordsFr(f),
  }
}
