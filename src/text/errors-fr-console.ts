import type { consoleErrorsEn } from './errors-en-console.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { NOTHING_WRITTEN, OUR_FAULT } from './errors-fr-shared.ts'

const PAGE_FAULT = 'Rechargez la page ; si cela se reproduit, signalez-le.'

/** Ce que la console refuse. */
export const consoleErrorsFr: Record<keyof typeof consoleErrorsEn, ErrorSentences> = {
  BODY_INVALID: ['Un message au Datis n’est pas ce qu’il dit être.', NOTHING_WRITTEN, PAGE_FAULT],
  BODY_TOO_DEEP: ['Un message au Datis a plus de {most:number} niveaux.', NOTHING_WRITTEN, PAGE_FAULT],
  DOWNLOAD_UNKNOWN: [
    'Ce téléchargement n’existe plus : il attend son navigateur une minute.',
    NOTHING_WRITTEN,
    'Demandez le fichier de nouveau.',
  ],
  HEADERS_TOO_LARGE: [
    'Les en-têtes d’une requête au Datis sont trop longs.',
    NOTHING_WRITTEN,
    'Effacez les cookies du Datis dans le navigateur, puis rechargez la page.',
  ],
  HOST_REFUSED: [
    '« {host} » n’est pas un nom de ce Datis.',
    NOTHING_WRITTEN,
    'Ouvrez la console par l’adresse du Datis, ou par un nom qui lui a été donné.',
  ],
  LAN_ONLY: [
    'La console ne répond qu’aux personnes du réseau du Datis ; {address} est ailleurs.',
    NOTHING_WRITTEN,
    'Venez du même réseau, ou par son VPN.',
  ],
  MEDIA_TYPE_REFUSED: ['Le Datis ne prend que des messages en JSON.', NOTHING_WRITTEN, PAGE_FAULT],
  ORIGIN_REFUSED: [
    'Une page de « {origin} » a essayé de modifier ce Datis.',
    NOTHING_WRITTEN,
    'Fermez cette page, et ouvrez la console par sa propre adresse.',
  ],
  FILE_NOT_SAVED: [
    'Ce fichier n’a pas pu être lu quand l’instantané a été pris ({cause}).',
    'Il n’y a rien de lui à donner.',
    'Prenez-le dans un instantané antérieur.',
  ],
  PAGE_NOT_BUILT: [
    'Les pages de la console ne sont pas construites.',
    'Le Datis fonctionne, ainsi que son API et ses commandes.',
    'Tapez  npm run build  dans le dossier du programme, puis redémarrez le Datis.',
  ],
  PAGE_UNKNOWN: ['Il n’y a pas de telle adresse.', NOTHING_WRITTEN, 'Voyez /api/openapi.json.'],
  PATH_NO_FILE: ['Ce qui est à {path} n’est pas un fichier.', NOTHING_WRITTEN, 'Prenez un dossier comme fichier zip.'],
  PATHS_TOO_MANY: [
    'Plus de {most:number} éléments ont été choisis à la fois.',
    NOTHING_WRITTEN,
    'Choisissez-en moins et continuez ensuite avec les autres, ou prenez le dossier qui les contient tous.',
  ],
  PREVIEW_REFUSED: [
    'Ce fichier ne s’affiche pas dans le navigateur : il n’est ni un texte, ni une image, ni un PDF, ou il est trop grand ({bytes:bytes}).',
    'Rien n’a été modifié.',
    'Téléchargez-le et ouvrez-le avec son propre programme.',
  ],
  REQUEST_INVALID: ['Un message au Datis n’a pas la bonne forme ({at}).', NOTHING_WRITTEN, 'Voyez /api/openapi.json.'],
  REQUEST_SLOW: [
    'Une requête au Datis n’est pas arrivée à temps.',
    'La connexion a été fermée ; rien n’a été modifié.',
    'Réessayez ; si cela se reproduit, examinez le réseau entre vous et le Datis.',
  ],
  RIGHT_MISSING: [
    'Ce compte n’en a pas le droit.',
    NOTHING_WRITTEN,
    'Un administrateur peut le faire, ou donner un autre rôle au compte.',
  ],
  SESSION_NEEDED: ['Personne n’est connecté, ou ne l’est plus.', NOTHING_WRITTEN, 'Connectez-vous.'],
  SESSION_UNKNOWN: [
    'Il n’y a pas de telle session.',
    NOTHING_WRITTEN,
    'Elle a pu se terminer ; voyez la liste des sessions.',
  ],
  SOURCE_FOLDER_GONE: [
    '« {path} », d’où « {source} » a été sauvegardée, n’est plus un dossier de cette source sur ce Datis.',
    'Rien n’a été écrit.',
    'Si son disque manque, branchez-le ; recréez le dossier, ou téléchargez plutôt les fichiers.',
  ],
  STEP_UP_NEEDED: [
    'Ceci redemande le mot de passe.',
    NOTHING_WRITTEN,
    'Tapez-le, puis recommencez dans les cinq minutes.',
  ],
  WEB_CERTIFICATE_INVALID: [
    'Les fichiers {certificate} et {key} ne contiennent pas un certificat avec sa clé.',
    'Le Datis n’a pas démarré.',
    'Donnez les deux en PEM : le certificat de la console en premier dans son fichier, et la clé sans mot de passe.',
  ],
  WEB_IN_USE: [
    'La console ne peut pas écouter sur {address} : autre chose le fait déjà.',
    'Le Datis n’a pas démarré.',
    'Arrêtez cela, ou choisissez un autre port avec --web.',
  ],
  WEB_REFUSED: ['La console ne peut pas écouter sur {address} ({cause}).', 'Le Datis n’a pas démarré.', OUR_FAULT],
  ZIP_TOO_LARGE: [
    'Le dossier contient plus de {most:number} choses.',
    'Aucun fichier zip n’a été fait.',
    'Prenez un à un les dossiers qu’il contient, ou restaurez-le sur le Datis : datis restore.',
  ],
}
