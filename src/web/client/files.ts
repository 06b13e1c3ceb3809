/** Files of snapshots, as the page itself reads them. */
import { Silence, type ToldTrouble, Trouble } from './ask.ts'

export type PreviewContent =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'image' | 'pdf'; readonly blob: Blob }
  | { readonly kind: 'none' }

async function fetched(url: string): Promise<Response> {
  return await fetch(url).catch((cause: unknown) => {
    throw new Silence('The box does not answer.', { cause })
  })
}

/** To be kept by the reader, under that name. */
export async function fetchFile(url: string, name: string): Promise<File> {
  const response = await fetched(url)
  if (response.ok) return new File([await response.blob()], name)
  const { error } = (await response.json()) as { error: ToldTrouble }
  throw new Trouble(response.status, error)
}

export function offer(file: File): void {
  const address = URL.createObjectURL(file)
  Object.assign(document.createElement('a'), { href: address, download: file.name }).click()
  URL.revokeObjectURL(address)
}

export async function fetchPreview(url: string): Promise<PreviewContent> {
  const response = await fetched(url)
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
