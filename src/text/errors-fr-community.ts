import type { communityErrorsEn } from './errors-en-community.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { LATER, NOTHING_WRITTEN, OUR_FAULT, REFUSED, UPDATE } from './errors-fr-shared.ts'

const ASK_ANOTHER = 'Demandez-en une autre à un membre (datis community invite).'

/** Erreurs sur la composition de la communauté : invitations, décisions, accord des membres. */
export const communityErrorsFr: Record<keyof typeof communityErrorsEn, ErrorSentences> = {
  COMMUNITY_ALONE: [
    'Aucune autre organisation n’est encore dans la communauté.',
    'Personne ne peut rien garder pour ce Datis.',
    'Invitez-en d’abord une autre : datis community invite',
  ],
  COMMUNITY_LEFT: [
    'L’organisation de ce Datis n’est plus membre de sa communauté.',
    'Les autres lui rendent ce qui est à elle pendant 90 jours, et ne prennent plus rien.',
    'Restaurez ce dont vous avez besoin, et entrez avec un nouveau Datis si l’on vous invite de nouveau.',
  ],
  COMMUNITY_ALIVE: [
    'Plus de la moitié de la communauté a répondu le {heardAt:instant}.',
    NOTHING_WRITTEN,
    'Une communauté qui en suit une autre se fonde quand aucune majorité n’a répondu depuis {neededMs:duration}.',
  ],
  MEMBER_UNKNOWN: ['Il n’y a pas de membre « {id} ».', NOTHING_WRITTEN, 'Voyez datis community show.'],
  MEMBER_AMBIGUOUS: [
    '{count:number} membres s’appellent « {id} », ou ont un identifiant qui commence ainsi.',
    'Rien n’a changé.',
    'Donnez le début de l’identifiant de celui que vous voulez dire : {ids}.',
  ],
  BOX_AMBIGUOUS: [
    '{count:number} Datis s’appellent « {box} », ou ont un identifiant qui commence ainsi.',
    'Rien n’a changé.',
    'Donnez le début de l’identifiant de celui que vous voulez dire : {ids}.',
  ],
  EXPULSION_OWN: [
    'Une organisation n’a pas voix à sa propre exclusion.',
    'Rien n’a changé.',
    'Pour partir de vous-même : datis community leave',
  ],
  MEMBER_REFUSED: [
    'L’autre Datis ne répond à cela qu’aux membres.',
    REFUSED,
    'Voyez datis community show sur les deux Datis : l’un des deux a une autre charte.',
  ],
  PROBE_RATE_REFUSED: [
    'Un membre ne rappelle ce Datis qu’une fois en {ms:duration}.',
    REFUSED,
    'Attendez un moment, et relancez datis peer probe.',
  ],
  INVITATION_MISTYPED: [
    'Ce n’est pas un code d’invitation tel qu’il a été donné : un caractère est faux, manque ou n’est pas à sa place.',
    NOTHING_WRITTEN,
    'Comparez-le à l’original, groupe par groupe.',
  ],
  INVITATION_EXPIRED: ['L’invitation valait jusqu’au {until:instant}.', 'Elle n’ouvre plus rien.', ASK_ANOTHER],
  INVITATION_USED: [
    'L’invitation a déjà servi.',
    'Elle ouvre la porte une seule fois, à une seule organisation.',
    ASK_ANOTHER,
  ],
  INVITATION_UNKNOWN: ['Cette invitation n’existe pas, ou a été reprise.', 'Elle n’ouvre rien.', ASK_ANOTHER],
  INVITATION_PENDING: [
    'D’autres membres doivent encore approuver cette invitation pour qu’elle ouvre la porte.',
    'Rien n’est perdu : le code reste bon.',
    'Demandez aux membres de l’approuver (datis community pending), puis relancez la commande.',
  ],
  INVITATION_WAITS: [
    'Cette invitation n’est pas encore en vigueur ({approvals:number} approbations sur {needed:number} nécessaires), et ne peut pas être reprise avant de l’être.',
    'D’ici là personne ne peut entrer avec elle, et elle expire d’elle-même le {until:instant}.',
    'Demandez aux autres de ne pas l’approuver ; s’ils le font quand même, relancez la commande.',
  ],
  INVITATION_FOREIGN: [
    'Le Datis interrogé est dans une autre communauté que celle de l’invitation.',
    'Il ne peut pas vous laisser entrer.',
    ASK_ANOTHER,
  ],
  INVITATION_NO_CONTACT: [
    'Aucun membre que nomme l’invitation ne nous laisse entrer : {tried} ({cause}).',
    'Rien n’est perdu : le code reste bon.',
    'Vérifiez la ligne de cette machine, puis que l’un de ces Datis fonctionne et peut être joint.',
  ],
  ENTRY_NO_CONTACT: [
    'Aucun de ces Datis ne laisse entrer celui-ci : {tried} ({cause}).',
    NOTHING_WRITTEN,
    'Sans code, seul entre un autre Datis d’un membre, créé avec les mots de son organisation (datis box create --words) : vérifiez que l’un de ces Datis fonctionne et peut être joint. Toute autre organisation demande un code à un membre, puis : datis community join CODE --data DOSSIER',
  ],
  ACT_UNKNOWN: [
    'Aucune décision « {id} » n’attend d’approbation ici.',
    NOTHING_WRITTEN,
    'Voyez datis community pending.',
  ],
  ACT_REFUSED: [
    'Cette décision ne peut pas être retenue : {reason}.',
    NOTHING_WRITTEN,
    'Voyez datis community pending.',
  ],
  ACT_APPROVALS_MISSING: [
    'Cette décision a {approvals:number} approbations sur {needed:number} nécessaires.',
    'Rien n’a encore changé.',
    'D’autres organisations doivent l’approuver : datis community approve',
  ],
  ACT_RATE_REFUSED: [
    'Votre organisation a changé ses Datis {changes:number} fois en un jour.',
    'Ce changement n’est pas encore fait.',
    'Il se fera de lui-même quand un jour aura passé.',
  ],
  DRAIN_UNKNOWN: [
    'L’autre Datis ne sait pas encore que celui-ci s’en va.',
    'Il n’en retire rien.',
    'Attendez qu’il ait la dernière liste des membres : un Datis allumé l’apprend en quelques minutes.',
  ],
  NOT_LEAVING: ['Ce Datis n’est pas sur le départ.', 'Rien n’a changé.', 'Il n’y a rien à faire.'],
  BOXES_LEFT: [
    'Votre organisation a {count:number} autre(s) Datis dans la communauté.',
    'Rien n’a changé.',
    'Retirez un Datis avec : datis community leave --box ID ; ou partez avec tous d’un coup avec --now.',
  ],
  BOX_ANSWERS: [
    'Le Datis « {box} » fonctionne, et d’autres comptent peut-être sur lui.',
    'Rien n’a changé.',
    'Lancez sur ce Datis : datis community leave --box ID ; ou retirez-le tout de suite avec --now.',
  ],
  BOX_REMOVED: [
    'Ce Datis a été retiré de la communauté ; son organisation en est toujours membre.',
    'Rien n’a été envoyé. Ce que ce Datis a lui-même peut toujours être restauré.',
    'Pour participer de nouveau, créez un nouveau Datis avec les mots de secours de l’organisation.',
  ],
  BOX_LAST: [
    'C’est le seul Datis de son organisation.',
    'Rien n’a changé.',
    'Quittez la communauté avec : datis community leave',
  ],
  ADDRESSES_UNCHANGED: ['La communauté connaît déjà ces adresses.', 'Rien n’a changé.', 'Il n’y a rien à faire.'],
  AGREEMENT_TOO_FEW: [
    'Seules {answered:number} organisations sur {needed:number} nécessaires ont répondu et sont d’accord.',
    'Rien n’a changé : plus de la moitié de toutes doivent signer une nouvelle liste de membres.',
    'Relancez la commande quand plus de Datis seront allumés.',
  ],
  AGREEMENT_BUSY: ['D’autres Datis modifient la communauté en ce moment.', LATER, 'Relancez la commande.'],
  PROPOSAL_REFUSED: [
    'Un autre Datis a proposé une liste de membres pour laquelle on ne peut pas voter : {reason}.',
    REFUSED,
    'Si cela dure, faites examiner ce Datis.',
  ],
  BALLOT_REFUSED: [
    'Un autre Datis a été plus rapide avec une nouvelle liste de membres.',
    LATER,
    'Relancez la commande.',
  ],
  ACCEPTOR_REFUSED: [
    'Un Datis n’a pas de voix pour la prochaine liste de membres : {reason}.',
    'Les autres décident.',
    OUR_FAULT,
  ],
  CHARTER_BEHIND: ['Un Datis n’a pas encore la dernière liste de membres.', LATER, 'Relancez la commande.'],
  CHARTER_DECIDED: ['Cette liste de membres est déjà décidée.', LATER, UPDATE],
}
