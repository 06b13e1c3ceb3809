/** The recovery sheet of a new box: shown until three of its words were given back. */
import { z } from 'zod'
import { codeOf, DatisError } from '#base'
import { wordsFromEntropy } from '#box'
import type { Language } from '#text'
import { sheetAskedSchema, sheetSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import type { NewBox } from './first-start.ts'
import { elevatedIn, type Routes, sessionIn } from './routes-account.ts'

const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }
/** A recovery needs one that answers; more than these do not fit on the page. */
const CONTACTS_MAX = 3

const language = z.enum(['fr', 'en'])
export type Sheet = z.output<typeof sheetSchema> & { readonly zone: string }

export function addSheetRoutes(app: Routes, deps: ApiDeps): void {
  const { recoverySheet, firstStart } = deps
  const query = z.strictObject({ lang: language.default('fr') })
  app.get(
    '/api/recovery-sheet',
    { config: { access: 'recovery.sheet' }, schema: { querystring: query, response: { 200: sheetSchema } } },
    async (request) => {
      elevatedIn(request)
      return await sheetOf(deps, request.query.lang)
    },
  )
  app.get(
    '/api/recovery-sheet/pdf',
    { config: { access: 'recovery.sheet' }, schema: { querystring: query } },
    async (request, reply) => {
      elevatedIn(request)
      const sheet = await sheetOf(deps, request.query.lang)
      // pdfkit and its fonts are for this alone.
      const { sheetPdf } = await import('./sheet-pdf.ts')
      void reply.header('content-disposition', `attachment; filename="datis-${request.query.lang}.pdf"`)
      return await reply.type('application/pdf').send(await sheetPdf(sheet))
    },
  )
  app.get(
    '/api/recovery-sheet/asked',
    { config: { access: 'state.see' }, schema: { response: { 200: sheetAskedSchema } } },
    async () => {
      const asked = await recoverySheet.asked()
      return {
        positions: [...(asked?.positions ?? [])],
        confirmed: asked === null ? null : asked.confirmed !== null,
        confirmedAt: asked?.confirmed ?? null,
        hasWords: hasWords(firstStart?.newBox, asked?.confirmed ?? null),
      }
    },
  )
  app.post(
    '/api/recovery-sheet/confirm',
    {
      config: { access: 'settings.change' },
      schema: {
        body: z.strictObject({
          words: z
            .record(z.string().regex(/^\d{1,2}$/), z.string().max(100))
            .refine((given) => Object.keys(given).length <= 24),
        }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await recoverySheet.confirm(sessionIn(request).user, request.body.words)
      firstStart?.forget()
      return reply.status(204).send(null)
    },
  )
}

function hasWords(newBox: NewBox | null | undefined, confirmed: number | null): newBox is NewBox {
  return newBox !== null && newBox !== undefined && confirmed === null
}

/** SHEET_GONE */
async function sheetOf(deps: ApiDeps, language: Language): Promise<Sheet> {
  const { firstStart, recoverySheet, box } = deps
  const newBox = firstStart?.newBox
  const asked = await recoverySheet.asked()
  if (!hasWords(newBox, asked?.confirmed ?? null)) {
    throw new DatisError('SHEET_GONE', 'The words are not in memory any more.')
  }
  const { entropy, box: id, name, organisation, zone, made } = newBox
  const known = await communityOf(box)
  const others = known?.members.filter((member) => member.organisation !== organisation && member.address !== '') ?? []
  const contacts = others.slice(0, CONTACTS_MAX).map((member) => ({
    name: member.organisationName,
    address: member.address,
    // Of the root key, which never changes; the key of a box does when it is rebuilt.
    fingerprint: member.organisation,
  }))
  const own = known?.members.find((member) => member.organisation === organisation)
  return {
    words: wordsFromEntropy(entropy, language),
    language,
    box: { id, name },
    organisation: { id: organisation, name: own?.organisationName ?? name },
    community: known?.community ?? null,
    contacts,
    made,
    zone,
  }
}

async function communityOf(box: ApiDeps['box']) {
  try {
    return await box.call('community.show', {}, CONTEXT)
  } catch (error) {
    if (codeOf(error) === 'NOT_FOUNDED') return null
    throw error
  }
}
