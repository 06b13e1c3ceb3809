/** Files of the box, as the page itself reads them. */
import type { DownloadAnswer } from '#api/contract'
import type { Operations } from '#box'
import { ask, codeOf, fetched } from './ask.ts'

export type PreviewContent =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean; readonly encoding: string | null }
  | { readonly kind: 'image'; readonly blob: Blob }
  | { readonly kind: 'pdf' }
  | { readonly kind: 'none' }

/** To be kept by the reader, under that name. */
export async function fetchFile(url: string, name: string): Promise<File> {
  return new File([await (await fetched(url)).blob()], name)
}

export function offer(file: File): void {
  const address = URL.createObjectURL(file)
  Object.assign(document.createElement('a'), { href: address, download: file.name }).click()
  URL.revokeObjectURL(address)
}

type Wanted = Pick<Operations['files.return'][0], 'paths'> & {
  readonly snapshot: string
  readonly how: 'file' | 'zip'
}

/** To the reader's disk, by the browser alone, however large; what the box refuses is thrown before that. */
export async function takeAlong(wanted: Wanted): Promise<void> {
  const { url } = await ask<DownloadAnswer>('POST', 'downloads', wanted)
  Object.assign(document.createElement('a'), { href: url, download: '' }).click()
}

/** What has no preview, or is no file at all, is `none`. */
const NOT_SHOWN = new Set(['PREVIEW_REFUSED', 'PATH_NO_FILE'])

export async function fetchPreview(url: string, signal: AbortSignal): Promise<PreviewContent> {
  let response: Response
  try {
    response = await fetched(url, { signal })
  } catch (error) {
    if (NOT_SHOWN.has(codeOf(error) ?? '')) return { kind: 'none' }
    throw error
  }
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/plain')) {
    const { headers } = response
    const encoding = headers.get('x-datis-encoding')
    return { kind: 'text', text: await response.text(), isCut: headers.has('x-datis-cut'), encoding }
  }
  if (type !== 'application/pdf') return { kind: 'image', blob: await response.blob() }
  // The frame that shows it asks for it itself.
  await response.body?.cancel()
  return { kind: 'pdf' }
}
