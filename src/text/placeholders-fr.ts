/** Ce qui, dans l'aide, tient la place d'une valeur. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  ACT: 'DÉCISION',
  BOX: 'DATIS',
  CLASS: 'CLASSE',
  DIR: 'DOSSIER',
  DURATION: 'DURÉE',
  FILE: 'FICHIER',
  'HOST:PORT': 'HÔTE:PORT',
  HOW: 'PANNE',
  MAIL: 'COURRIEL',
  NAME: 'NOM',
  NUMBER: 'NUMÉRO',
  PACK: 'PAQUET',
  PATH: 'CHEMIN',
  PATTERN: 'MOTIF',
  POLICY: 'POLITIQUE',
  REQUEST: 'REQUÊTE',
  RULE: 'RÈGLE',
  SIZE: 'TAILLE',
  SOURCE: 'SOURCE',
  TARGET: 'CIBLE',
  TEXT: 'TEXTE',
  ZONE: 'FUSEAU',
}

/** `--data <DIR>`, `[PATH...]`, or such a name alone. */
export function namedFr(text: string): string {
  return text.replace(/(?<=^|[<[:])[A-Z]+(?::PORT)?(?=$|[>\].[])/g, (name) => PLACEHOLDERS[name] ?? name)
}
