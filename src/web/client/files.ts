/** Files of snapshots, as the page itself reads them. */
import { Silence, type ToldTrouble, Trouble } from './ask.ts'

export type PreviewContent =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'image' | 'pdf'; readonly blob: Blob }
  | { readonly kind: 'none' }

export async function fetchPreview(url: string): Promise<PreviewContent> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Silence('The box does not answer.', { cause })
  })
  if (!response.ok) {
    const { error } = (await response.json()) as { error: ToldTrouble }
    if (error.code === 'PREVIEW_REFUSED') return { kind: 'none' }
    throw new Trouble(response.status, error)
  }
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/plain')) {
    return { kind: 'text', text: await response.text(), isCut: response.headers.has('x-datis-cut') }
  }
  return { kind: type === 'application/pdf' ? 'pdf' : 'image', blob: await response.blob() }
}
