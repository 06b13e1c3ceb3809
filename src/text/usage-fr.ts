import type { Formats } from './formats.ts'
import { namedFr } from './placeholders-fr.ts'
import type { UsageWords } from './usage-en.ts'

export function usageWordsFr(f: Formats): UsageWords {
  return {
    unknownOption: (name) => `L’option ${name} n’existe pas ici.`,
    unknownCommand: (name) => `La commande « ${name} » n’existe pas ici.`,
    missingArgument: (name) => `Il manque l’argument ${namedFr(name)}.`,
    missingOption: (name) => `L’option ${namedFr(name)} est obligatoire.`,
    optionValue: (name) => `L’option ${namedFr(name)} demande une valeur.`,
    tooMany: 'Il y a plus d’arguments que cette commande n’en accepte.',
    conflict: (one, other) => `${one} et ${namedFr(other)} ne peuvent pas être donnés ensemble.`,
    tooLong: (what, value, most) => `${what} : ${value} dépasse ${most}.`,
    twice: (what, value) => `${what} : « ${value} » est donné deux fois.`,
    bad: (what, value, expected) => `${namedFr(what)} : « ${value} » n’est pas ${expected}.`,
    noCommand: 'Quelle commande ?',
    seeHelp: (command) => `Voyez : ${command} --help`,
    expected: {
      address: 'une adresse comme sauvegarde.exemple.fr:4600, 192.0.2.7:4600 ou [2001:db8::7]:4600',
      bytes: 'une taille comme 500Mo ou 20Go',
      boxId: 'l’identifiant d’un Datis : 32 chiffres et lettres de a à f',
      name: 'un nom de 1 à 100 caractères, sans espace au début ni à la fin, ni saut de ligne ni caractère de commande',
      duration: 'une durée comme 90s, 10m ou 2h',
      instant: 'un instant comme 2026-11-24T06:00:00Z',
      zone: 'un fuseau horaire comme Europe/Paris',
      language: 'fr ou en',
      mail: 'une adresse de courriel simple comme quelquun@exemple.fr',
      contacts: 'une liste d’au plus 4 adresses différentes',
      limit: 'une limite comme 2000 ou « lun-ven 08:00-18:00 2000 », en kbit/s à partir de 256',
      smtp: 'un serveur de courriel comme smtps://utilisateur@courriel.exemple.fr ou smtp://courriel.exemple.fr:587, sans mot de passe',
      password: 'un fichier d’une ligne, le mot de passe',
      count: (from, to) => `un nombre entier de ${f.number(from)} à ${f.number(to)}`,
    },
  }
}
