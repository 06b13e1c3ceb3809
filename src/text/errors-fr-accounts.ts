import type { accountErrorsEn } from './errors-en-accounts.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { NOTHING_WRITTEN, UPDATE } from './errors-fr-shared.ts'

/** Erreurs sur les comptes et la connexion. */
export const accountErrorsFr: Record<keyof typeof accountErrorsEn, ErrorSentences> = {
  ADMINISTRATOR_LAST: [
    'C’est le dernier administrateur.',
    NOTHING_WRITTEN,
    'Nommez d’abord un autre administrateur : sinon personne ne pourrait plus donner accès aux autres.',
  ],
  CODE_REFUSED: [
    'Le code de l’application n’est pas le bon.',
    'Le second facteur est resté comme il était.',
    'Vérifiez l’heure du téléphone, puis tapez le code qu’il affiche maintenant.',
  ],
  INTENT_DECIDED: [
    'Cette demande a déjà été approuvée ou arrêtée.',
    NOTHING_WRITTEN,
    'Regardez la liste des demandes.',
  ],
  INTENT_NEW_PERSON: [
    'Ce compte a été créé, ou modifié par quelqu’un d’autre, après la demande.',
    'La demande attend toujours.',
    'Un autre administrateur peut l’approuver ; sinon elle s’exécute à la fin du délai.',
  ],
  INTENT_PERSON_NEEDED: [
    'Un acte irréversible est demandé par une personne, pas avec un jeton.',
    NOTHING_WRITTEN,
    'Connectez-vous comme administrateur.',
  ],
  INTENT_SAME_PERSON: [
    'Celui qui a fait la demande ne peut pas l’approuver.',
    'La demande attend toujours.',
    'Demandez à un autre administrateur, ou attendez la fin du délai.',
  ],
  INTENT_TOO_MANY: ['{most:number} demandes attendent déjà.', NOTHING_WRITTEN, 'Approuvez-en, ou arrêtez-en.'],
  INTENT_UNKNOWN: ['Aucune demande de ce nom n’attend.', NOTHING_WRITTEN, 'Regardez la liste des demandes.'],
  LOGIN_BUSY: [
    'Trop de personnes essaient de se connecter en même temps.',
    'Vous n’êtes pas connecté.',
    'Réessayez dans quelques secondes.',
  ],
  LOGIN_CODE_NEEDED: [
    'Le mot de passe est le bon.',
    'Vous n’êtes pas encore connecté.',
    'Tapez le code de votre application, ou l’un de vos codes sur papier.',
  ],
  LOGIN_REFUSED: [
    'Le nom, le mot de passe ou le code n’est pas le bon.',
    'Vous n’êtes pas connecté.',
    'Réessayez ; un administrateur peut vous donner un nouveau mot de passe.',
  ],
  LOGIN_WAIT: [
    'Il y a eu trop d’essais.',
    'Vous n’êtes pas connecté.',
    'Réessayez dans {ms:duration} ; d’un appareil où vous vous êtes déjà connecté, les essais des autres ne font pas attendre.',
  ],
  PASSKEY_INVALID: [
    'Ce que cet appareil a créé ne convient pas comme clé d’accès, ou est arrivé après plus de cinq minutes.',
    NOTHING_WRITTEN,
    'Réessayez ; il faut un appareil qui demande le doigt, le visage ou un code PIN.',
  ],
  PASSKEY_REFUSED: [
    'Cette clé d’accès n’est pas acceptée : elle n’est pas connue ici, n’a pas été déverrouillée par doigt, visage ou code PIN, ou il a fallu plus de cinq minutes.',
    'Elle n’a donné accès à rien.',
    'Réessayez, ou utilisez votre mot de passe.',
  ],
  PASSKEY_UNAVAILABLE: [
    'Les clés d’accès ne fonctionnent pas à l’adresse {host} : les navigateurs ne les acceptent que pour un nom, et sur une connexion sécurisée.',
    NOTHING_WRITTEN,
    'Ouvrez cette page par le nom du Datis en https, ou sur le Datis lui-même à l’adresse http://localhost ; le mot de passe fonctionne partout.',
  ],
  PASSKEY_UNKNOWN: [
    'Il n’y a pas de telle clé d’accès pour cette adresse.',
    NOTHING_WRITTEN,
    'Voyez la liste de vos clés d’accès, ou utilisez votre mot de passe.',
  ],
  PASSKEYS_TOO_MANY: [
    'Ce compte a déjà {most:number} clés d’accès.',
    NOTHING_WRITTEN,
    'Retirez-en une qui ne sert plus.',
  ],
  PASSPHRASE_NEEDED: [
    'Une phrase secrète chiffre les clés du Datis dans {folder}, et aucune n’a été donnée.',
    'Le Datis n’a pas été ouvert.',
    'Lancez la commande dans un terminal, qui la demande, ou nommez un fichier qui la contient : DATIS_PASSPHRASE_FILE. Sans elle, seuls les 24 mots de secours aident : datis recover',
  ],
  PASSPHRASE_WEAK: [
    'Cette phrase secrète se devine facilement, ou compte plus de {most:number} caractères.',
    NOTHING_WRITTEN,
    'Prenez au moins {least:number} caractères, par exemple cinq mots sans rapport entre eux.',
  ],
  PASSPHRASE_WRONG: [
    'Cette phrase secrète n’ouvre pas les clés du Datis.',
    'Le Datis n’a pas été ouvert.',
    'Réessayez. Si c’est la bonne, le fichier keys/sealed.cbor est abîmé, ou la phrase est perdue : les 24 mots de secours font alors revenir le Datis : datis recover',
  ],
  PASSWORD_WEAK: [
    'Ce mot de passe se devine facilement.',
    NOTHING_WRITTEN,
    'Prenez au moins {least:number} caractères, par exemple quatre mots sans rapport entre eux.',
  ],
  SETTINGS_DAMAGED: [
    'Les réglages de ce Datis ({path}) sont illisibles.',
    'Personne ne peut se connecter ; ce qui est sauvegardé n’en souffre pas.',
    'Mettez le fichier de côté et redémarrez le Datis : il commence avec un nouveau code de mise en service.',
  ],
  SETTINGS_LOST: [
    'Les réglages de ce Datis n’ont pas pu être repris à ses hôtes ({cause}).',
    'Le Datis n’a pas démarré ; ce qui est sauvegardé n’en souffre pas.',
    'Redémarrez-le quand davantage d’hôtes répondront.',
  ],
  SETTINGS_NEWER: [
    'Les réglages viennent d’une version plus récente de Datis ({version}).',
    'Ils n’ont pas été touchés.',
    UPDATE,
  ],
  SETUP_REFUSED: [
    'Ce code de mise en service n’est pas bon, ou ne l’est plus.',
    'Aucun compte n’a été créé.',
    'Faites afficher un nouveau code par le Datis : datis box setup-code',
  ],
  TASKS_TOO_MANY: [
    '{most:number} tâches s’exécutent déjà ou attendent leur tour.',
    NOTHING_WRITTEN,
    'Attendez que certaines se terminent, ou annulez-en.',
  ],
  TASK_UNKNOWN: [
    'Il n’y a pas de telle tâche.',
    NOTHING_WRITTEN,
    'Voyez la liste des tâches ; des tâches terminées, les 1 000 dernières sont gardées.',
  ],
  TOKEN_UNKNOWN: ['Il n’y a pas de tel jeton.', NOTHING_WRITTEN, 'Voyez la liste des jetons.'],
  USER_EXISTS: ['Il y a déjà un compte « {name} ».', NOTHING_WRITTEN, 'Choisissez un autre nom.'],
  USER_UNKNOWN: ['Il n’y a pas de tel compte.', NOTHING_WRITTEN, 'Voyez la liste des comptes.'],
  USERS_TOO_MANY: ['Il y a déjà {most:number} comptes.', NOTHING_WRITTEN, 'Retirez ceux qui ne servent à personne.'],
}
