import type { firstErrorsEn } from './errors-en-first.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { NOTHING_WRITTEN } from './errors-fr-shared.ts'

/** D’un premier démarrage, et de la fiche de secours. */
export const firstErrorsFr: Record<keyof typeof firstErrorsEn, ErrorSentences> = {
  BOX_REBUILDING: [
    'Ce Datis est en cours de reconstruction à partir des autres.',
    'Jusqu’à la fin, la console ne montre que l’avancement.',
    'Patientez ; la page continue d’elle-même.',
  ],
  FIRST_ELSEWHERE: [
    'Le programme qui fait fonctionner ce Datis n’offre ni reconstruction ni communauté d’exercice.',
    NOTHING_WRITTEN,
    'Démarrez le Datis avec npm start, ou utilisez datis recover et datis lab up.',
  ],
  FIRST_OVER: [
    'Ce Datis sert déjà ({use}).',
    'Il n’a pas été remplacé : ce qu’il contient serait perdu.',
    'Reconstruisez dans un autre dossier : npm start -- --data AUTRE, ou datis recover.',
  ],
  SHEET_GONE: [
    'Les 24 mots ne sont plus dans la mémoire de ce Datis : ils ont été confirmés, ou il a redémarré.',
    'Personne ne peut les lire sur ce Datis ; la fiche imprimée ou notée reste bonne.',
    'Cherchez cette fiche. S’il n’y en a aucune et que rien n’est encore sauvegardé, arrêtez le Datis, supprimez son dossier et recommencez.',
  ],
  SHEET_NOT_ASKED: [
    'Aucun mot de ce Datis n’est redemandé.',
    NOTHING_WRITTEN,
    'Il n’y a rien à faire : ils ont été confirmés, ou montrés ailleurs à la création du Datis.',
  ],
  SHEET_WRONG: [
    'Ce ne sont pas les mots numéro {positions} de la fiche de secours.',
    'La fiche n’est pas encore confirmée.',
    'Relisez-les sur la fiche, d’après leurs numéros ; l’orthographe compte, pas les accents ni les majuscules.',
  ],
}
