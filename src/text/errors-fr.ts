import type { ErrorCode } from './errors-en.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { accountErrorsFr } from './errors-fr-accounts.ts'
import { communityErrorsFr } from './errors-fr-community.ts'
import { consoleErrorsFr } from './errors-fr-console.ts'
import { firstErrorsFr } from './errors-fr-first.ts'
import { mailErrorsFr } from './errors-fr-mail.ts'
import { peerErrorsFr } from './errors-fr-peers.ts'
import { retentionErrorsFr } from './errors-fr-retention.ts'
import {
  CHECK_REINDEX,
  HEAL,
  LATER,
  LOOK_AT_DISK,
  NOTHING_WRITTEN,
  OTHER_HOSTS,
  OUR_FAULT,
  UPDATE,
} from './errors-fr-shared.ts'

export const errorsFr: Record<ErrorCode, ErrorSentences> = {
  ...peerErrorsFr,
  ...communityErrorsFr,
  ...mailErrorsFr,
  ...retentionErrorsFr,
  ...accountErrorsFr,
  ...consoleErrorsFr,
  ...firstErrorsFr,
  ENOSPC: [
    'Le disque est plein.',
    'Rien de ce qui a été confirmé n’est perdu ; l’écriture en cours a été abandonnée.',
    'Libérez de la place, puis relancez la commande : elle reprend où elle s’est arrêtée.',
  ],
  EDQUOT: [
    'Le quota de disque de ce compte est épuisé.',
    'Rien de ce qui a été confirmé n’est perdu ; l’écriture en cours a été abandonnée.',
    'Libérez de la place ou augmentez le quota, puis relancez la commande.',
  ],
  EACCES: [
    'Le système refuse à ce compte l’accès à {path}.',
    'Il n’y a pas été touché.',
    'Donnez ce droit au compte, ou lancez Datis avec un compte qui l’a.',
  ],
  EPERM: [
    'Le système interdit cette action sur {path}.',
    'Il n’y a pas été touché.',
    'Lancez Datis avec un compte qui en a le droit (root conserve propriétaires et droits).',
  ],
  ENOENT: ['Il n’y a rien à {path}.', NOTHING_WRITTEN, 'Vérifiez l’orthographe du chemin.'],
  EEXIST: [
    'Il y a déjà quelque chose à {path}.',
    'Il n’y a pas été touché.',
    'Choisissez un autre nom, ou déplacez ce qui s’y trouve.',
  ],
  ENOTDIR: ['Une partie du chemin {path} n’est pas un dossier.', NOTHING_WRITTEN, 'Vérifiez le chemin.'],
  EISDIR: ['{path} est un dossier, alors qu’il faut un fichier.', NOTHING_WRITTEN, 'Donnez le chemin d’un fichier.'],
  ENOTEMPTY: ['Le dossier {path} n’est pas vide.', 'Il n’y a pas été touché.', 'Choisissez un dossier vide.'],
  ELOOP: [
    'Un lien symbolique se trouve sur le chemin de {path}.',
    'Il n’a pas été suivi.',
    'Donnez le chemin sans liens.',
  ],
  EROFS: [
    'Le système de fichiers de {path} est en lecture seule.',
    'Rien n’a été écrit.',
    'Montez-le en écriture, ou choisissez un autre endroit.',
  ],
  EIO: [
    'Le disque n’a pas pu lire ou écrire {path}.',
    'Rien de ce qui a été confirmé n’est perdu, mais ce disque n’est pas digne de confiance.',
    LOOK_AT_DISK,
  ],
  EMFILE: [
    'Trop de fichiers sont ouverts.',
    'L’opération s’est arrêtée.',
    'Augmentez la limite (ulimit -n), puis relancez la commande.',
  ],
  EADDRINUSE: [
    'Un autre programme écoute déjà sur {address}:{port}.',
    'Le Datis n’a pas démarré.',
    'Arrêtez ce programme, ou donnez un autre port avec --listen à la création du Datis.',
  ],
  EADDRNOTAVAIL: [
    'Cette machine n’a pas l’adresse {address}.',
    'Le Datis n’a pas démarré.',
    'Donnez une adresse de cette machine, ou [::] pour toutes.',
  ],
  ECONNREFUSED: [
    'Rien n’écoute à {address}:{port}.',
    LATER,
    'Vérifiez que l’autre Datis fonctionne et que l’adresse est juste.',
  ],
  ECONNRESET: [
    'L’autre bout a coupé la connexion.',
    LATER,
    'Relancez la commande ; si cela dure, examinez la ligne et l’autre Datis.',
  ],
  EHOSTUNREACH: ['Aucun chemin ne mène à {address}.', LATER, 'Vérifiez le réseau de cette machine.'],
  ENETUNREACH: ['Cette machine n’a pas de réseau qui mène à {address}.', LATER, 'Vérifiez le réseau de cette machine.'],
  ENOTFOUND: ['Le nom {hostname} est inconnu.', LATER, 'Vérifiez l’orthographe de l’adresse et les serveurs de noms.'],
  ETIMEDOUT: [
    '{address} n’a pas répondu à temps.',
    LATER,
    'Vérifiez que l’autre Datis fonctionne et qu’aucun pare-feu ne s’interpose.',
  ],
  EPIPE: ['L’autre bout a cessé d’écouter.', 'L’opération s’est arrêtée.', 'Relancez la commande.'],
  ENAMETOOLONG: [
    'Le nom {path} est trop long pour ce système de fichiers.',
    'Il a été laissé de côté.',
    'Choisissez une cible sur un autre système de fichiers, ou un chemin plus court.',
  ],
  EXDEV: [
    '{path} est sur un autre système de fichiers.',
    NOTHING_WRITTEN,
    'Gardez le dossier de données sur un seul système de fichiers.',
  ],
  USAGE: ['La commande est incomplète ou n’est pas comprise.', NOTHING_WRITTEN, 'Voyez son aide.'],
  CANCELLED: [
    'La commande a été annulée.',
    'Rien de ce qui a été confirmé n’est perdu.',
    'La même commande reprend où elle s’est arrêtée.',
  ],
  UNEXPECTED: [
    'Il s’est produit un cas que Datis n’avait pas prévu.',
    'L’opération s’est arrêtée ; rien de ce qui a été confirmé n’est perdu.',
    OUR_FAULT,
  ],
  WORDS_FILE_EXISTS: [
    'Le fichier {path} existe déjà.',
    'Rien n’a été créé et ce fichier n’a pas été touché.',
    'Donnez le nom d’un fichier qui n’existe pas : les mots ne sont jamais écrits par-dessus quelque chose.',
  ],
  FILE_TOO_LONG: [
    '{path} est bien plus long que ce qui est demandé.',
    NOTHING_WRITTEN,
    'Vérifiez que c’est le bon fichier.',
  ],
  FAST_NOT_LOCAL: [
    'Ce Datis est joignable à {address}, depuis d’autres machines aussi.',
    'Il n’a pas démarré : qui garde pour d’autres attend aussi longtemps qu’il le leur a promis.',
    'Lancez-le sans --fast. Pour s’exercer, une communauté sur cette machine : datis lab up',
  ],
  LAB_BUSY: [
    'Une autre commande du labo est à l’œuvre dans {folder}.',
    NOTHING_WRITTEN,
    'Attendez qu’elle ait fini, ou donnez un autre --folder.',
  ],
  LAB_EXISTS: [
    'Il y a déjà un labo dans {folder}.',
    NOTHING_WRITTEN,
    'Le voir : datis lab show. Démarrer ce qui ne tourne pas : datis lab up, sans nombre. L’enlever : datis lab down.',
  ],
  LAB_NONE: ['Il n’y a pas de labo dans {folder}.', NOTHING_WRITTEN, 'Créez-en un : datis lab up 6'],
  LAB_UNFINISHED: [
    'Le labo de {folder} n’est pas achevé.',
    NOTHING_WRITTEN,
    'Si datis lab up est encore à l’œuvre, attendez. S’il a été interrompu : datis lab down, puis un nouveau labo.',
  ],
  LAB_FOLDER_FOREIGN: [
    'Le dossier {folder} contient quelque chose qui n’est pas un labo.',
    'Il n’a pas été touché.',
    'Donnez un dossier vide, ou qui n’existe pas encore.',
  ],
  LAB_BOX_FAILED: [
    '{name} est déjà en panne.',
    NOTHING_WRITTEN,
    'Réparez-le avec datis lab heal, ou choisissez-en un autre : datis lab show.',
  ],
  LAB_BOX_STOPPED: [
    '{name} ne tourne pas.',
    NOTHING_WRITTEN,
    'Démarrez-le avec datis lab up, ou choisissez-en un autre : datis lab show.',
  ],
  LAB_NOTHING_HELD: [
    '{name} ne garde aucun fragment sur lequel il pourrait mentir.',
    NOTHING_WRITTEN,
    'Lancez d’abord datis disperse pour un autre Datis, ou choisissez-en un autre.',
  ],
  LAB_START: ['{name} ne démarre pas : {cause}', 'Les autres sont restés tels quels.', 'Voyez son journal : {log}'],
  LAB_STOP: [
    'Le processus {pid} de {name} ne se termine pas.',
    'Son dossier a été laissé tel quel.',
    'Relancez la commande, avec le compte qui a démarré le labo.',
  ],
  LAB_SYSTEM: [
    'Le labo demande Linux ou macOS.',
    NOTHING_WRITTEN,
    'datis demo montre la même histoire sur cette machine.',
  ],
  DEMO_STEP: [
    'Une étape de la démonstration a échoué : {step}',
    'La démonstration s’est arrêtée.',
    'La phrase ci-dessus dit pourquoi ; --keep laisse tout en place pour l’examiner.',
  ],
  DEMO_DIFFERENT: ['Ce qui est revenu n’est pas ce qui avait été sauvegardé.', 'La démonstration a échoué.', OUR_FAULT],
  DEMO_SURVIVED: [
    'Une restauration a réussi, ou écrit quelque chose, alors que la perte dépasse ce que le code supporte.',
    'La démonstration a échoué.',
    OUR_FAULT,
  ],
  NOT_RECOVERABLE: [
    'Fragments qui restent d’un paquet : {have:number} ; il en manque {missing:number} sur {needed:number} nécessaires.',
    'Ces données ne peuvent pas revenir des hôtes qui restent ; rien n’a été restauré.',
    'Si un Datis perdu ou son disque réapparaît, allumez-le et recommencez.',
  ],
  NOT_PROTECTED: [
    'Ce que contient ce Datis n’est pas encore protégé.',
    'Ce ne pourrait pas être retrouvé si le Datis était perdu maintenant.',
    'Relancez datis disperse quand davantage d’hôtes répondront.',
  ],
  VAULT_DAMAGED: ['Des copies abîmées ont été trouvées.', 'Elles sont nommées ; elles ne sont pas utilisées.', HEAL],
  RESTORE_INCOMPLETE: [
    'Des éléments n’ont pas pu être restaurés.',
    'Tout le reste l’a été.',
    'Voyez la liste ; la même commande avec --missing les tente à nouveau.',
  ],
  // les éléments d'un rapport
  OWN_FOLDER: [
    'C’est le dossier de données de ce Datis lui-même.',
    'Il a été laissé de côté : ce serait sauvegarder la sauvegarde.',
    'Excluez-le de la source pour que cela ne soit plus signalé.',
  ],
  TORN: [
    'Le fichier a changé sans cesse pendant sa lecture.',
    'Ce qui a été lu en dernier est gardé, et signalé comme tel.',
    'Prenez un instantané pendant que le programme qui l’écrit est arrêté, ou sauvegardez ce qu’il exporte.',
  ],
  XATTRS_TOO_LARGE: [
    'Les attributs étendus de cet élément dépassent ce que Datis garde.',
    'Son contenu est sauvegardé, sans eux.',
    'Voyez ce qui les a mis ; aucun programme courant n’en demande autant.',
  ],
  LINK_CONTENT: [
    'Aucun nom de ce fichier n’a pu être restauré : il n’y a rien vers quoi faire un lien.',
    'Le lien a été laissé de côté.',
    'Voyez ce qui est dit de ses autres noms.',
  ],
  ENODATA: [
    'Le contenu de cet élément n’a jamais été lu.',
    'L’instantané n’en connaît que le nom.',
    'Un instantané antérieur l’a peut-être.',
  ],
  BOX_IN_USE: [
    'Un autre processus travaille sur ce dossier de données.',
    NOTHING_WRITTEN,
    'Attendez qu’il finisse. Si le Datis fonctionne, les commandes s’adressent à lui d’elles-mêmes.',
  ],
  BOX_SILENT: [
    'Le Datis du dossier {folder} fonctionne, mais ne répond pas.',
    'Rien de ce qui a été confirmé n’est perdu ; la commande a été abandonnée.',
    'Voyez si sa machine est surchargée ou si son disque faiblit ; si cela dure, arrêtez son processus et redémarrez-le : datis box run',
  ],
  BOX_STOPPED: [
    'Le Datis s’est arrêté avant de répondre.',
    'Rien de ce qui a été confirmé n’est perdu.',
    'Redémarrez-le, puis relancez la commande.',
  ],
  FOLDER_NOT_EMPTY: [
    'Le dossier {folder} n’est pas vide.',
    'Il n’y a pas été touché.',
    'Donnez un dossier vide, ou qui n’existe pas encore.',
  ],
  NAME_INVALID: [
    'Un Datis ne peut pas porter le nom « {name} ».',
    'Il n’a pas été créé.',
    'Donnez-lui un nom de 1 à 100 caractères, sans espace au début ni à la fin, ni saut de ligne ni caractère de commande.',
  ],
  NO_BOX: [
    'Il n’y a pas de Datis dans {folder}.',
    NOTHING_WRITTEN,
    'Vérifiez --data, ou créez un Datis avec : datis box create --data DOSSIER',
  ],
  ADDRESS_INVALID: ['« {address} » n’est pas une adresse.', NOTHING_WRITTEN, 'Écrivez hôte:port, ou [IPv6]:port.'],
  ADDRESS_NONE: [
    'Aucune adresse n’est connue du Datis {box}.',
    LATER,
    'Son organisation doit lui en donner une dans la charte.',
  ],
  NOT_FOUNDED: [
    'Ce Datis n’est pas encore dans une communauté.',
    NOTHING_WRITTEN,
    'Avec un code qu’un membre a fait pour vous : datis community join CODE --data DOSSIER. Pour en fonder une vous-même : datis community found --data DOSSIER',
  ],
  OPERATION_UNKNOWN: [
    'Le Datis en marche ne connaît pas cette commande ({name}).',
    NOTHING_WRITTEN,
    'Il fonctionne avec une autre version : arrêtez-le, puis redémarrez-le.',
  ],
  SOURCE_ENDED: [
    'Plus aucun instantané de « {name} » n’est pris.',
    'Aucun n’a été pris ; ceux qui existent restent.',
    'Pour la sauvegarder de nouveau : datis source resume {name}',
  ],
  SOURCE_EXISTS: ['Il y a déjà une source « {name} ».', NOTHING_WRITTEN, 'Choisissez un autre nom.'],
  SOURCE_NAME_INVALID: [
    'Une source ne peut pas s’appeler « {name} ».',
    NOTHING_WRITTEN,
    'Donnez-lui un nom de 1 à 100 caractères, sans espace au bord, ni saut de ligne, ni caractère invisible.',
  ],
  SOURCE_PATH_RELATIVE: [
    'Le chemin « {path} » ne part pas de la racine du disque.',
    NOTHING_WRITTEN,
    'Écrivez-le en entier, par exemple /home/anne.',
  ],
  SOURCE_UNKNOWN: [
    'Il n’y a pas de source « {name} ».',
    NOTHING_WRITTEN,
    'Choisissez-en une qui existe ; dans un terminal : datis source list',
  ],
  SOURCE_NONE: [
    'Ce Datis n’a encore aucune source.',
    'Il n’y avait rien à sauvegarder.',
    'Ajoutez-en une ; dans un terminal : datis source add NOM CHEMIN',
  ],
  COMMUNITY_EXISTS: [
    'Le Datis {box} est déjà dans une communauté.',
    NOTHING_WRITTEN,
    'Voyez laquelle : datis community show --data DOSSIER. Pour une autre communauté, créez un autre Datis : datis box create --data DOSSIER',
  ],
  ROOT_HEAD_UNKNOWN: [
    'Ce Datis ne connaît pas cette tête du Datis {box}.',
    'Aucune requête n’a été faite.',
    'Voyez datis root heads ; demandez sur ce Datis-là, ou sur celui d’un autre membre, qui héberge pour lui.',
  ],
  ROOT_REQUEST_UNANSWERED: [
    'Aucun hôte n’a dit ce que le Datis {box} a libéré.',
    'Aucune requête n’a été faite.',
    'Réessayez quand des hôtes répondront, ou demandez sur le Datis d’un autre membre.',
  ],
  RELEASE_LATER: [
    'L’hôte a reçu des libérations de ce Datis après que la requête a été faite.',
    'Ce qui a été libéré avant est repris ; ce qui est venu ensuite ne l’est pas.',
    'Donnez d’abord une nouvelle clé au Datis (datis recover), puis faites et signez une autre requête : datis root request undo',
  ],
  ROOT_REQUEST_FOREIGN: [
    'Cette demande, ou sa réponse, est d’une autre organisation, d’un autre Datis ou d’un autre moment.',
    'Rien n’a été signé ni modifié.',
    'Donnez les mots de l’organisation que nomme la demande ; remettez une réponse au Datis qui l’a demandée.',
  ],
  TARGET_INVALID: [
    'Rien n’est jamais restauré dans le dossier de données du Datis.',
    'Rien n’a été restauré.',
    'Donnez une autre cible.',
  ],
  WORDS_COUNT: [
    'Il y a {count:number} mots ; il en faut 24.',
    NOTHING_WRITTEN,
    'Vérifiez qu’aucun ne manque ni n’est écrit deux fois.',
  ],
  WORDS_UNKNOWN: [
    'Le mot {position:number}, « {word} », n’est dans aucune des deux listes.',
    NOTHING_WRITTEN,
    'Comparez-le à la fiche, lettre par lettre. Proches dans les listes : {suggestions}.',
  ],
  WORDS_CHECKSUM: [
    'Les 24 mots existent, mais ensemble ils ne forment pas une clé.',
    NOTHING_WRITTEN,
    'Deux ont été échangés, ou l’un pris pour un autre : comparez avec le papier, dans l’ordre.',
  ],
  FORMAT_INVALID: [
    'Un élément ({what}) n’a pas la forme qu’il doit avoir.',
    'Il n’est pas utilisé.',
    'S’il vient d’un autre Datis, mettez les deux à jour ; s’il vient de ce disque, lancez datis vault check.',
  ],
  FORMAT_UNKNOWN: ['Un Datis plus récent a écrit cet élément ({what}).', 'Cette version n’y touche pas.', UPDATE],
  FORMAT_REQUEST: ['Une requête n’a pas la forme qu’elle doit avoir.', 'Elle a été refusée.', UPDATE],
  FORMAT_TOO_LARGE: ['Un Datis partenaire a envoyé plus que le protocole ne permet.', OTHER_HOSTS, UPDATE],
  FORMAT_FRAME: ['Un Datis partenaire a envoyé un message hors de son tour.', OTHER_HOSTS, UPDATE],
  FORMAT_CUT: ['La ligne a été coupée au milieu d’un message.', LATER, 'Relancez la commande.'],
  FILE_TOO_LARGE: [
    'Un fichier du dossier de données est plus long que tout ce que Datis y écrit.',
    'Il n’est pas lu.',
    LOOK_AT_DISK,
  ],
  VALUE_INVALID: [
    'Quelque chose qui a été donné n’a pas la forme sous laquelle Datis pourrait le garder ({at}).',
    NOTHING_WRITTEN,
    'Vérifiez les arguments de la commande : l’un est vide, trop long ou de trop.',
  ],
  VAULT_BUSY: ['Un instantané est déjà en cours.', NOTHING_WRITTEN, 'Attendez qu’il soit terminé.'],
  VAULT_DISK_FULL: [
    'Le disque du coffre est plein : {freeBytes:bytes} libres.',
    'L’instantané a été abandonné ; les précédents sont entiers.',
    'Libérez de la place, puis reprenez l’instantané : il continue où il s’est arrêté.',
  ],
  SNAPSHOT_UNKNOWN: [
    'Il n’y a pas d’instantané « {id} ».',
    NOTHING_WRITTEN,
    'Choisissez-en un qui existe ; dans un terminal : datis snapshot list',
  ],
  SOURCE_UNREADABLE: [
    'Rien de la source « {source} » n’a pu être lu ({path} : {cause}).',
    'Aucun instantané n’a été pris ; les précédents sont entiers.',
    'Vérifiez ses chemins et les droits du compte qui exécute Datis.',
  ],
  SNAPSHOT_AMBIGUOUS: [
    'Plusieurs instantanés commencent par « {id} » : {found}.',
    NOTHING_WRITTEN,
    'Donnez plus de caractères.',
  ],
  TARGET_UNUSABLE: [
    '{target} n’est pas un dossier, et aucun ne peut y être créé ({cause}).',
    'Rien n’a été restauré.',
    'Donnez une autre cible.',
  ],
  PATH_UNKNOWN: [
    'L’instantané n’a rien à {path}.',
    NOTHING_WRITTEN,
    'Regardez dans ses dossiers ; dans un terminal : datis snapshot show',
  ],
  PACK_UNKNOWN: ['Le journal ne nomme aucun paquet {pack}.', 'Il n’est pas utilisé.', CHECK_REINDEX],
  PACK_NOT_LOCAL: [
    'Le paquet {pack} n’est pas sur ce disque.',
    'Il doit venir des hôtes.',
    'Lancez la commande quand la communauté est joignable.',
  ],
  PACK_DAMAGED: ['Un paquet est abîmé.', 'Il n’est pas utilisé : il est repris chez les hôtes.', HEAL],
  PACK_TABLE_INVALID: [
    'La table d’un paquet est abîmée.',
    'Le paquet n’est pas utilisé : il est repris chez les hôtes.',
    HEAL,
  ],
  CHUNK_UNKNOWN: [
    'Aucun paquet ne contient un bloc dont un fichier a besoin.',
    'Ce fichier ne peut pas être restauré d’ici.',
    CHECK_REINDEX,
  ],
  METADATA_CHUNK_TOO_LARGE: [
    'Un morceau de métadonnées de {bytes:bytes} dépasse la limite.',
    'L’instantané a été abandonné ; les précédents sont entiers.',
    OUR_FAULT,
  ],
  KEY_GENERATION_UNKNOWN: [
    'Le trousseau de ce Datis n’a pas les clés de génération {generation:number}.',
    'Ce qu’elles chiffrent ne peut pas être lu ici.',
    'Reconstruisez le Datis avec ses mots : chaque hôte a le dernier trousseau.',
  ],
  KEYRING_UNREADABLE: [
    'Ces mots n’ouvrent pas le trousseau de ce Datis.',
    NOTHING_WRITTEN,
    'Vérifiez que ce sont les mots de la bonne organisation.',
  ],
  SEAL_BROKEN: [
    'Un morceau chiffré ne s’ouvre pas : il a été altéré, ou vient d’un autre Datis.',
    'Il n’est pas utilisé.',
    HEAL,
  ],
  LOG_BROKEN: [
    'Le journal du coffre est rompu à l’enregistrement {frame}.',
    'Le coffre ne s’ouvre pas, pour ne rien aggraver.',
    'Reconstruisez le Datis dans un nouveau dossier avec ses mots : chaque hôte a le journal entier. Gardez ce dossier-ci.',
  ],
  LOG_UNCERTAIN: [
    'Le disque a failli pendant l’écriture du journal.',
    'Le coffre ne prend plus rien avant d’être rouvert.',
    LOOK_AT_DISK,
  ],
  LOG_BATCH_TOO_LARGE: [
    'C’est trop pour un seul enregistrement du journal : {bytes:bytes}.',
    'Ce n’a pas été écrit.',
    OUR_FAULT,
  ],
  WRITING_GIVEN_UP: [
    'L’instantané a été abandonné avant sa fin.',
    'Ce qu’il avait enregistré est gardé et servira au suivant.',
    'Reprenez-le.',
  ],
  CODE_INVALID: ['Ce n’est pas un code que Datis connaît.', NOTHING_WRITTEN, 'n va jusqu’à 48, et k de 1 à n.'],
  FRAGMENTS_TOO_FEW: [
    'Il y a trop peu de fragments pour retrouver un paquet.',
    'Il ne peut pas être restauré depuis les hôtes qui répondent.',
    'Recommencez quand davantage d’hôtes répondront.',
  ],
  FRAGMENT_ROW: ['Un fragment porte un rang que son code n’a pas.', OTHER_HOSTS, HEAL],
  FRAGMENT_LENGTH: ['Un fragment n’a pas la bonne longueur.', OTHER_HOSTS, HEAL],
  CHUNK_SIZES_INVALID: ['Les tailles de blocs demandées n’ont pas de sens.', NOTHING_WRITTEN, OUR_FAULT],
  WORKERS_CLOSED: [
    'Le travail a été arrêté avant sa fin.',
    'Rien de ce qui a été confirmé n’est perdu.',
    'Relancez la commande.',
  ],
  WORKER_DIED: [
    'Un fil d’exécution s’est arrêté en plein travail, peut-être faute de mémoire.',
    'Rien de ce qui a été confirmé n’est perdu.',
    'Relancez la commande ; si cela dure, signalez-le.',
  ],
  WORDS_MIXED: [
    'Le mot à la position {position:number} est d’une autre langue que les autres.',
    NOTHING_WRITTEN,
    'Saisissez la fiche dans une seule langue ; regardez d’abord ce mot.',
  ],
}
