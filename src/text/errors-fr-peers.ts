import type { peerErrorsEn } from './errors-en-peers.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import {
  END_FORK,
  HEAL,
  LATER,
  NOTHING_WRITTEN,
  ONE_GOES_ON,
  OTHER_HOSTS,
  OUR_FAULT,
  REFUSED,
  SEND_MISSING,
  UPDATE,
} from './errors-fr-shared.ts'

/** Erreurs entre Datis : certificats, communauté, connexions, hébergement, reprise. */
export const peerErrorsFr: Record<keyof typeof peerErrorsEn, ErrorSentences> = {
  CERTIFICATE_INVALID: [
    'Un certificat n’est pas signé par l’organisation qu’il nomme.',
    'Son porteur a été refusé.',
    'Si c’est celui de votre Datis, reconstruisez le Datis avec ses mots.',
  ],
  SIGNATURE_INVALID: [
    'Une signature ne correspond pas.',
    'Ce qu’elle signe n’est pas cru.',
    'Si cela vient d’un autre Datis, prévenez son propriétaire.',
  ],
  CHARTER_INVALID: [
    'Une charte enfreint les règles des chartes : {reason}.',
    'Elle n’est pas acceptée.',
    'Celle qui est en vigueur le reste.',
  ],
  CHARTER_FOREIGN: [
    'La charte ne décrit pas ce Datis tel qu’il est.',
    'Elle n’est pas acceptée, et rien n’a été signé.',
    'Fondez à nouveau la communauté à partir des dossiers de données actuels.',
  ],
  CHARTER_CONFLICT: [
    'Deux chartes valables portent le numéro {number:number}.',
    'La première est gardée.',
    'Interrogez les membres qui ont signé les deux : {signedBoth}.',
  ],
  CHARTER_CHAIN_BROKEN: [
    'Il manque la charte {number:number} dans la chaîne.',
    'La communauté ne peut pas être vérifiée.',
    'Reconstruisez le Datis avec ses mots auprès d’un membre.',
  ],
  CHARTER_SIGNATURES_MISSING: [
    'La charte a {signed:number} signatures sur {needed:number} nécessaires.',
    'Elle n’est pas acceptée.',
    'D’autres organisations doivent la signer.',
  ],
  PEER_STRANGER: [
    'L’autre bout n’est pas un Datis de la communauté.',
    'Rien ne lui a été dit.',
    'Vérifiez l’adresse, et que les deux Datis ont la même charte.',
  ],
  PEER_WRONG_BOX: [
    'Un autre Datis répond à {address}.',
    'Il n’a pas été utilisé.',
    'Corrigez l’adresse du Datis dans la charte.',
  ],
  PEER_UNREACHABLE: [
    'Le Datis {box} ne répond à aucune de ses adresses.',
    LATER,
    'Vérifiez qu’il fonctionne et que son port est ouvert.',
  ],
  PEER_TIMEOUT: [
    'Un autre Datis n’a pas répondu à temps ({what}).',
    LATER,
    'Relancez la commande ; si cela dure, examinez la ligne.',
  ],
  PEER_DISCONNECTED: ['La connexion à un autre Datis s’est rompue.', LATER, 'Relancez la commande.'],
  PEER_RESET: ['Un autre Datis a interrompu une requête.', LATER, 'Relancez la commande.'],
  PEER_REFUSED: [
    'Le Datis à {address} a coupé la connexion en voyant qui nous sommes.',
    LATER,
    'Vérifiez qu’il connaît la charte où figure ce Datis.',
  ],
  HANDSHAKE_FAILED: [
    'Ce qui répond à {address} ne parle pas le protocole de Datis.',
    LATER,
    'Vérifiez l’adresse et le port.',
  ],
  PEER_ANSWER_INVALID: [
    'Un autre Datis a répondu sous une forme que cette version ne connaît pas.',
    OTHER_HOSTS,
    UPDATE,
  ],
  PEER_ANSWER_TOO_LARGE: ['Un autre Datis a envoyé plus qu’on ne lui demandait.', OTHER_HOSTS, UPDATE],
  BODY_TOO_LARGE: [
    'Un message de {bytes:bytes} est plus long que ce qui peut être envoyé là.',
    'Il a été refusé.',
    UPDATE,
  ],
  LISTENER_CLOSED: ['Le Datis cesse d’écouter.', LATER, 'Redémarrez-le.'],
  SESSIONS_CLOSED: ['Le Datis ferme ses connexions.', LATER, 'Redémarrez-le.'],
  LOG_CHAIN_BROKEN: [
    'L’enregistrement {frame:number} du journal ne suit pas le précédent.',
    'Le journal a été refusé.',
    'Si c’est celui de ce Datis, récupérez-le chez les hôtes.',
  ],
  LOG_FRAME_TORN: [
    'L’enregistrement {frame:number} du journal est incomplet.',
    'Il n’a pas été utilisé.',
    'Après une coupure de courant, il est retiré de lui-même ; s’il vient d’un partenaire, il est renvoyé.',
  ],
  HOST_ANSWER_INVALID: [
    'Un hôte a donné une réponse qui ne peut pas être juste ({what}).',
    OTHER_HOSTS,
    'Si cela dure, prévenez le propriétaire de cet hôte.',
  ],
  HOST_TIMEOUT: [
    'Un hôte n’a pas répondu à temps.',
    LATER,
    'Relancez la commande ; si cela dure, examinez la ligne et cet hôte.',
  ],
  HOST_BUSY: ['Un hôte a trop à faire en ce moment.', LATER, 'Relancez la commande dans quelques minutes.'],
  BOX_REFUSED: [
    'Les hôtes connaissent un démarrage de ce Datis plus récent que celui-ci : une copie de son dossier fonctionne ou a fonctionné ailleurs.',
    ONE_GOES_ON,
    'Déterminez quel dossier est le bon, arrêtez l’autre pour toujours, puis redémarrez le bon.',
  ],
  HEAD_ROLLED_BACK: [
    'Les hôtes connaissent la tête {theirs:number} de ce Datis, qui n’en est lui-même qu’à {ours:number} : son disque a été remis dans un état antérieur.',
    'Il ne signe rien tant qu’il n’a pas ce qui lui manque, qu’aucun hôte ne donne.',
    'Relancez la commande quand davantage d’hôtes répondront, ou reconstruisez le Datis dans un nouveau dossier avec ses mots.',
  ],
  HEAD_TOO_FEW_ANSWERS: [
    'Sur {needed:number} hôtes nécessaires, {answered:number} seulement ont dit ce qu’ils savent de ce Datis.',
    'Rien n’est signé, car une autre copie du Datis pourrait avoir continué entre-temps.',
    'Relancez la commande quand davantage d’hôtes répondront.',
  ],
  RECOVERY_BOX_CHOICE: [
    'Cette organisation a plusieurs Datis : {boxes}.',
    NOTHING_WRITTEN,
    'Nommez celui à reconstruire avec --box.',
  ],
  RECOVERY_NOTHING_FOUND: [
    'Aucun Datis de cette organisation n’a été trouvé (interrogés : {tried:number}, réponses : {answered:number}).',
    NOTHING_WRITTEN,
    'Vérifiez que ce sont les mots de la bonne organisation, et donnez un autre membre comme contact : celui qui est éteint, ou qui ne connaît pas l’organisation, ne répond pas.',
  ],
  RECOVERY_ONLY_DAMAGED: [
    'Sur {tried:number} Datis interrogés, {answered:number} ont répondu ; aucun ne connaît d’état de ce Datis, et {damaged:number} ne peuvent pas lire tout ce qu’ils gardent.',
    NOTHING_WRITTEN,
    'Essayez d’autres membres avec --peer. Rien ne doit être changé sur ces Datis avant le retour de celui-ci.',
  ],
  RECOVERY_NO_EARLIER_HEAD: [
    'Aucun état n’est aussi ancien que {before:instant}.',
    NOTHING_WRITTEN,
    'Retirez --before pour voir quels états existent.',
  ],
  RECOVERY_KEYRING_UNREACHABLE: [
    'Aucun de ceux qui répondent n’a le trousseau de ce Datis.',
    NOTHING_WRITTEN,
    'Allumez d’autres membres, ou nommez-en avec --peer.',
  ],
  RECOVERY_NO_CHARTER: [
    'Aucun de ceux qui répondent n’a de charte qui nomme ce Datis.',
    NOTHING_WRITTEN,
    'Allumez d’autres membres, ou nommez-en d’autres avec --peer.',
  ],
  RECOVERY_LOG_UNREACHABLE: [
    'Aucun de ceux qui répondent n’a le journal entier de ce Datis.',
    NOTHING_WRITTEN,
    'Allumez d’autres membres, ou nommez-en avec --peer.',
  ],
  STRIPE_UNREACHABLE: [
    'Fragments d’un paquet qui peuvent être obtenus : {have:number} ; il en manque {missing:number} sur {needed:number} nécessaires.',
    'Le contenu de ce paquet ne peut pas revenir des hôtes qui répondent.',
    'Allumez les hôtes éteints, puis recommencez.',
  ],
  STRIPE_CHANGED: [
    'Un paquet a été préparé à l’envoi sans l’un de ses fragments.',
    'Il n’a pas été envoyé.',
    OUR_FAULT,
  ],
  STRIPE_CHECK_FAILED: [
    'Un paquet n’a pas pu être retrouvé à partir des fragments qui venaient d’en être faits.',
    'Ils n’ont pas été envoyés ; le paquet lui-même est gardé.',
    'Relancez la commande ; si cela dure, vérifiez la mémoire de ce Datis, puis signalez-le.',
  ],
  STRIPE_PADDING: ['Un paquet reconstruit n’est pas complété comme il doit l’être.', OTHER_HOSTS, HEAL],
  FETCH_ENDED: [
    'Assez de fragments sont arrivés.',
    'Les requêtes restantes ont été abandonnées.',
    'Il n’y a rien à faire.',
  ],
  FRAGMENT_INVALID: ['Un fragment n’est pas ce que dit son enregistrement signé ({at}).', OTHER_HOSTS, HEAL],
  FRAGMENT_UNKNOWN: ['L’hôte n’a pas ce fragment.', OTHER_HOSTS, HEAL],
  FRAGMENT_CONFLICT: [
    'L’hôte détient d’autres octets sous le nom de ce fragment.',
    'Il garde ce qu’il a : rien n’est jamais écrasé.',
    'Lancez datis vault check, et prévenez le propriétaire de cet hôte.',
  ],
  STATEMENT_INVALID: [
    'Une déclaration signée ({kind}) ne dit pas ce qu’elle devrait.',
    'Elle n’est pas crue.',
    'Si elle vient d’un autre Datis, prévenez son propriétaire.',
  ],
  PLACEMENT_REFUSED: ['Un fragment a été envoyé à un hôte que sa répartition ne nomme pas.', REFUSED, OUR_FAULT],
  BOX_UNKNOWN: [
    'La charte ne connaît pas de Datis {box}.',
    'Rien n’a été signé.',
    'Voyez les identifiants des Datis avec : datis community show',
  ],
  RELEASE_UNKNOWN: [
    'Ce Datis n’a pas de paquet « {pack} ».',
    NOTHING_WRITTEN,
    'Recopiez l’identifiant entier, 64 chiffres et lettres, depuis : datis release list --json',
  ],
  RELEASE_OWN: [
    'Un Datis ne peut ni annuler ni approuver les libérations de sa propre organisation.',
    'Rien n’a été signé : qui a volé une clé a peut-être volé l’autre.',
    'Demandez-le à un autre membre, sur son Datis, ou utilisez les mots de secours.',
  ],
  LOG_TOO_LARGE: [
    'Un hôte ne garde pas davantage de parties du journal d’un Datis.',
    'Le reste n’a pas été envoyé.',
    'Cherchez pourquoi il y en a tant ; un attaquant a peut-être la clé de ce Datis.',
  ],
  LOG_RATE_REFUSED: [
    'Un hôte ne prend pas plus de 1 Gio de journal par jour.',
    'Le reste n’a pas été envoyé.',
    'Attendez un jour, puis cherchez pourquoi il y en a tant.',
  ],
  QUOTA_REFUSED: [
    'Un hôte garde autant de votre organisation qu’il lui prête : {held:bytes} sur {quota:bytes}.',
    'Il ne prend plus rien ; les autres hôtes si.',
    'Libérez ce qui ne sert plus, ou demandez à ce membre un disque plus grand.',
  ],
  NO_SPACE: [
    'Le disque d’hébergement d’un Datis est plein.',
    'Il ne prend plus rien ; ce qu’il détient est en sûreté.',
    'Son propriétaire doit faire de la place.',
  ],
  DISK_FAILING: [
    'Le disque d’un hôte a abîmé un même fragment plusieurs fois.',
    'Il ne prend plus ce fragment.',
    'Son propriétaire doit remplacer ce disque.',
  ],
  INVENTORY_TOO_LARGE: [
    'Un hôte garde plus de fragments qu’il n’en peut lister : {count:number}.',
    'Ils ne peuvent pas être comparés au journal.',
    OUR_FAULT,
  ],
  LOG_FORK: ['Un hôte détient un autre journal de ce Datis que celui-ci.', 'Il est laissé tel quel.', END_FORK],
  LOG_GAP: ['Le journal que détient un hôte s’arrête avant l’enregistrement envoyé.', REFUSED, SEND_MISSING],
  LOG_FRAME_UNKNOWN: [
    'Le journal que détient un hôte est plus court que ce qui est demandé.',
    OTHER_HOSTS,
    SEND_MISSING,
  ],
  LOG_BRANCH_REFUSED: [
    'Une branche du journal a été envoyée, qui remplacerait ce que nomme une tête.',
    REFUSED,
    END_FORK,
  ],
  HOSTED_LOG_DAMAGED: [
    'Un hôte a trouvé sa copie du journal abîmée à l’enregistrement {frame:number}.',
    OTHER_HOSTS,
    'Son propriétaire devrait examiner son disque ; datis disperse renvoie le journal.',
  ],
  HOSTED_OWNER_DAMAGED: [
    'Ce qu’un hôte garde de ce Datis est abîmé chez lui.',
    OTHER_HOSTS,
    'Son propriétaire devrait examiner son disque, puis sortir hosting/<id> de son dossier de données ; datis disperse le remplit à nouveau.',
  ],
  HEAD_NUMBER: ['Un hôte demande sans cesse d’autres têtes que celles qu’il reçoit.', LATER, UPDATE],
  HEAD_FORK: [
    'Un hôte détient une autre tête de même numéro.',
    'Elle est laissée telle quelle, et rien de nouveau ne compte comme protégé chez lui.',
    END_FORK,
  ],
  HEAD_UNKNOWN: ['L’hôte ne détient pas cette tête.', OTHER_HOSTS, SEND_MISSING],
  HEAD_INCARNATION_REFUSED: [
    'Les hôtes connaissent un démarrage plus récent de ce Datis.',
    ONE_GOES_ON,
    'Cherchez si une copie de son dossier fonctionne ailleurs.',
  ],
  HEAD_EPOCH_UNKNOWN: [
    'La clé racine n’a pas annoncé l’époque {epoch:number} à un hôte.',
    'Il a refusé la tête.',
    'Relancez datis disperse : l’hôte en sera informé.',
  ],
  HEAD_EPOCH_REFUSED: [
    'Une tête est d’une époque à laquelle la clé racine a mis fin.',
    REFUSED,
    'Reconstruisez le Datis avec ses mots, ou arrêtez l’ancienne copie.',
  ],
  HEAD_KEYRING_MISSING: [
    'Il manque à un hôte le trousseau que nomme une tête.',
    'Il ne signe pas encore pour cette tête.',
    SEND_MISSING,
  ],
  HEAD_LOG_MISSING: [
    'Il manque à un hôte une partie du journal que nomme une tête.',
    'Il ne signe pas encore pour cette tête.',
    SEND_MISSING,
  ],
  HEAD_RATE_REFUSED: [
    'Plus de têtes qu’un hôte n’en prend en un jour : {heads:number} envoyées, {left:number} restantes.',
    'L’hôte signera de nouveau demain.',
    'Dispersez moins souvent.',
  ],
  EPOCH_REFUSED: [
    'Une époque plus récente que {epoch:number} est connue : {known:number}.',
    REFUSED,
    'Ce Datis a été reconstruit ailleurs : arrêtez cette copie pour toujours.',
  ],
  EPOCH_CONFLICT: [
    'La clé racine a signé deux déclarations différentes pour l’époque {epoch:number}.',
    'La première est gardée.',
    'Signez une époque ultérieure avec : datis root sign',
  ],
  ROUTE_UNKNOWN: ['L’autre Datis ne connaît pas cette requête.', REFUSED, UPDATE],
  OWNER_UNKNOWN: ['L’hôte ne garde rien de ce Datis.', OTHER_HOSTS, SEND_MISSING],
  OWNER_REFUSED: ['Un Datis a demandé ce qui appartient à un autre.', REFUSED, OUR_FAULT],
  KEYRING_UNKNOWN: ['L’hôte ne détient pas ce trousseau.', OTHER_HOSTS, SEND_MISSING],
  FORMAT_KEYRING: [
    'Un trousseau n’est pas celui que dit son nom.',
    REFUSED,
    'Relancez la commande ; si cela dure, signalez-le.',
  ],
  KEYRINGS_TOO_LARGE: ['Un hôte ne garde pas plus de {max:number} trousseaux d’un Datis.', REFUSED, OUR_FAULT],
}
