import type { mailErrorsEn } from './errors-en-mail.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { NOTHING_WRITTEN, OUR_FAULT } from './errors-fr-shared.ts'

const NOT_SENT = 'Le courriel n’a pas été envoyé.'

/** Erreurs sur les personnes que les hôtes préviennent, et sur le courriel. */
export const mailErrorsFr: Record<keyof typeof mailErrorsEn, ErrorSentences> = {
  CONTACTS_REFUSED: [
    'L’hôte connaît des contacts plus récents de ce Datis.',
    'Il continue de prévenir ceux-là.',
    'Si vous ne les avez pas changés ailleurs, quelqu’un d’autre a la clé de ce Datis : demandez datis release undo à un autre membre, puis reconstruisez le Datis avec ses mots. Sinon, indiquez-les de nouveau.',
  ],
  CONTACTS_CONFLICT: [
    'Deux listes de contacts différentes portent le même numéro {number:number}.',
    'La première est gardée.',
    'Indiquez de nouveau les contacts ; si ce Datis ne fonctionne pas en double, sa clé est en de mauvaises mains.',
  ],
  CONTACTS_RATE_REFUSED: [
    'Les contacts de ce Datis ont changé trop souvent : {former:number} anciennes adresses sont encore prévenues.',
    'L’hôte continue de prévenir celles qu’il connaît.',
    'Ce Datis redemande de lui-même ; il y aura de la place dans {wait:duration} de fonctionnement de l’hôte.',
  ],
  MAIL_NOT_SET: [
    'Ce Datis n’a pas de serveur de courriel.',
    NOT_SENT,
    'Indiquez-en un : datis box mail --smtp smtps://utilisateur@hôte --from ADRESSE --password-file FICHIER --data DOSSIER',
  ],
  MAIL_INVALID: ['Un courriel contient ce qu’aucun courriel ne doit contenir.', NOT_SENT, OUR_FAULT],
  MAIL_SERVER_UNKNOWN: [
    'Le nom du serveur de courriel, {host}, est inconnu.',
    NOT_SENT,
    'Vérifiez son orthographe, et les serveurs de noms de cette machine.',
  ],
  MAIL_UNREACHABLE: [
    'Rien qui prenne du courriel ne répond chez {host}, port {port}.',
    NOT_SENT,
    'Vérifiez le nom et le port, que le serveur fonctionne, et qu’aucun pare-feu ne fait obstacle.',
  ],
  MAIL_TLS: [
    'Aucune connexion sûre n’a pu être établie avec {host}, port {port}.',
    NOT_SENT,
    'Vérifiez smtp:// ou smtps:// et le port, et que le certificat du serveur est valable pour ce nom.',
  ],
  MAIL_LOGIN: [
    'Le serveur de courriel {host} a refusé l’utilisateur ou le mot de passe.',
    NOT_SENT,
    'Indiquez de nouveau les deux : datis box mail --smtp … --password-file FICHIER. Certains serveurs veulent un mot de passe d’application.',
  ],
  MAIL_TIMEOUT: [
    'Le serveur de courriel {host}, port {port}, n’a pas répondu à temps.',
    NOT_SENT,
    'Vérifiez smtp:// ou smtps:// et le port : un serveur qui attend TLS se tait.',
  ],
  MAIL_REJECTED: [
    'Le serveur de courriel {host} a refusé le courriel : {said}',
    NOT_SENT,
    'Vérifiez l’adresse de l’expéditeur (--from), celle du destinataire, et si le serveur demande de s’identifier.',
  ],
  MAIL_FAILED: [
    'Le serveur de courriel {host}, port {port}, n’a pas pris le courriel.',
    NOT_SENT,
    'Regardez son journal ; vérifiez que c’est bien un serveur de courriel.',
  ],
  MAIL_SETTINGS_DAMAGED: [
    'Les réglages du serveur de courriel sont illisibles.',
    `${NOTHING_WRITTEN} Personne n’est prévenu de quoi que ce soit par courriel.`,
    'Indiquez-les de nouveau : datis box mail --smtp …',
  ],
}
