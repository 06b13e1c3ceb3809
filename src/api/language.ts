import type { FastifyRequest } from 'fastify'
import { isLanguage, type Language } from '#text'

/** As the page asks, else the browser's first; French when neither says. */
export function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): Language {
  const [first = ''] = (headers['accept-language'] ?? '').toLowerCase().split(/[,;-]/)
  return isLanguage(first.trim()) ? (first.trim() as Language) : 'fr'
}
