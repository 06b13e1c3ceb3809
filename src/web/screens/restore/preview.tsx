/** A look at a file: what it is its own bytes say, never its name. */
import { Code, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useWords } from '../../app/words.tsx'
import { fetchPreview } from '../../client/files.ts'
import { TroubleNote } from '../../parts/trouble.tsx'
import type { PathCode } from './paths.ts'

export function Preview({ snapshot, file }: { readonly snapshot: string; readonly file: PathCode }) {
  const { say } = useWords()
  const url = `/api/snapshots/${snapshot}/preview?pathBytes=${file}`
  const shown = useQuery({
    queryKey: ['preview', snapshot, file],
    queryFn: ({ signal }) => fetchPreview(url, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (shown.error !== null) return <TroubleNote error={shown.error} />
  if (shown.data === undefined) return <Skeleton height={140} />
  const { data } = shown
  if (data.kind === 'none') {
    return (
      <Text size="xs" className="quiet">
        {say.restore.noPreview}
      </Text>
    )
  }
  if (data.kind === 'text') {
    return (
      <div>
        <Code
          block
          mah={260}
          style={{ overflow: 'auto' }}
          data-preview="text"
          tabIndex={0}
          aria-label={say.restore.preview}
        >
          {data.text}
        </Code>
        {data.encoding !== null && (
          <Text size="xs" className="quiet">
            {say.restore.readAs(data.encoding)}
          </Text>
        )}
        {data.isCut && (
          <Text size="xs" className="quiet">
            {say.restore.cut}
          </Text>
        )}
      </div>
    )
  }
  if (data.kind === 'pdf') {
    return <iframe src={url} title={say.restore.preview} width="100%" height={320} data-preview="pdf" />
  }
  return <Picture blob={data.blob} />
}

function Picture({ blob }: { readonly blob: Blob }) {
  const { say } = useWords()
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  if (address === null) return null
  return (
    <img src={address} alt={say.restore.preview} style={{ maxWidth: '100%', maxHeight: 320 }} data-preview="image" />
  )
}
