import type { phasesEn } from './phases-en.ts'

export const phasesFr: typeof phasesEn = {
  walk: 'recherche des fichiers',
  snapshot: 'enregistrement',
  encode: 'calcul des fragments',
  recode: 'nouvel emballage pour moins d’hôtes',
  repack: 'nouvel emballage de ce qui reste de paquets',
  upload: 'envoi aux hôtes',
  witness: 'collecte des reçus',
  fetch: 'récupération chez les hôtes',
  restore: 'restauration',
  check: 'vérification',
  reindex: 'reconstruction de l’index',
  boxes: 'création des Datis',
  start: 'démarrage des Datis',
  join: 'entrée dans la communauté',
  recover: 'reprise',
  probe: 'demande aux membres de rappeler',
  drill: 'exercice de restauration',
  find: 'recherche',
  collect: 'recherche de ce dont aucun instantané n’a besoin',
  drain: 'attente des autres',
}
