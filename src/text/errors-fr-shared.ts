/** Des phrases que beaucoup d'erreurs partagent. */
export const OUR_FAULT = 'C’est un défaut de Datis, pas le vôtre : merci de le signaler avec le code et la commande.'
export const OTHER_HOSTS = 'Cette copie n’est pas utilisée ; les autres le sont.'
export const HEAL = 'Lancez datis disperse : des copies saines seront remises à leur place.'
export const LOOK_AT_DISK = 'Examinez d’abord le disque : son câble, sa santé (smartctl), son système de fichiers.'
export const LATER = 'Rien n’est perdu. La commande continue avec les autres et peut être relancée.'
export const NOTHING_WRITTEN = 'Rien n’a été modifié.'
export const UPDATE = 'Mettez Datis à jour, sur ce Datis et sur l’autre, à la même version.'
export const CHECK_REINDEX = 'Lancez datis vault check, puis datis vault reindex.'
export const REFUSED = 'Cela a été refusé.'
export const SEND_MISSING = 'Lancez datis disperse : ce qui manque sera envoyé.'
export const END_FORK =
  'Si une copie de ce Datis a fonctionné ailleurs, mettez fin à la bifurcation avec : datis root sign'
export const ONE_GOES_ON = 'Ce Datis ne signe plus rien, pour qu’un seul des deux continue.'
