/** The versions of a file as a strip: when, how large, and by how much that changed; the one that is shown is marked. */
import { Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { SnapshotResult, VersionResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { showWithin } from '../../parts/within.ts'
import { base64From, type PathCode } from './paths.ts'

interface VersionsProps {
  readonly snapshot: SnapshotResult
  readonly snapshots: readonly SnapshotResult[]
  readonly file: PathCode
  choose(snapshot: string): void
}

export function Versions({ snapshot, snapshots, file, choose }: VersionsProps) {
  const { say } = useWords()
  const { source } = snapshot
  const startedAt = new Map(snapshots.map((one) => [one.id, one.startedAt]))
  const known = useQuery({
    queryKey: ['snapshot.versions', source, file],
    queryFn: ({ signal }) => look('snapshot.versions', { source, path: '', pathBytes: base64From(file) }, signal),
  })
  const strip = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: they decide which version is marked
  useEffect(() => showWithin(strip.current, '[aria-current=true]'), [known.data, snapshot.id])
  const isHere = ({ first, snapshot: last }: VersionResult): boolean => {
    const [from = '', to = ''] = [startedAt.get(first), startedAt.get(last)]
    return from <= snapshot.startedAt && snapshot.startedAt <= to
  }
  return (
    <Stack gap="xs">
      <Title order={3}>{say.restore.versions}</Title>
      <Loaded of={known} lines={2}>
        {({ items, more }) => (
          <>
            <ol ref={strip} className="strip" aria-label={say.restore.versions}>
              {items.map((one, at) => (
                <li key={one.snapshot}>
                  <Version
                    of={one}
                    before={items[at + 1] ?? null}
                    isNewest={at === 0 && items.length > 1}
                    isFirst={at > 0 && at === items.length - 1 && !more}
                    isShown={isHere(one)}
                    choose={() => choose(one.snapshot)}
                  />
                </li>
              ))}
            </ol>
            {more && (
              <Text size="xs" className="quiet">
                {say.restore.oldest}
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  )
}

interface VersionProps {
  readonly of: VersionResult
  readonly before: VersionResult | null
  readonly isNewest: boolean
  readonly isFirst: boolean
  readonly isShown: boolean
  choose(): void
}

function Version({ of, before, isNewest, isFirst, isShown, choose }: VersionProps) {
  const { say, formats } = useWords()
  const marks = [...(isNewest ? [say.restore.newest] : []), ...(isShown ? [say.restore.shown] : [])]
  return (
    <UnstyledButton
      className="version"
      aria-current={isShown ? 'true' : undefined}
      data-version={of.snapshot}
      onClick={choose}
    >
      <Text span display="block" size="xs" fw={600}>
        {formats.instant(of.modified)}
      </Text>
      <Text span display="block" size="xs">
        {formats.bytes(of.bytes)}
        {before !== null && ` (${changeOf(of.bytes - before.bytes)})`}
      </Text>
      <Text span display="block" size="xs" className="quiet">
        {[...(isFirst ? [say.restore.firstVersion] : []), ...marks].join(' · ')}
      </Text>
    </UnstyledButton>
  )

  function changeOf(by: number): string {
    if (by === 0) return say.restore.sameBytes
    return by > 0 ? say.restore.moreBytes(formats.bytes(by)) : say.restore.fewerBytes(formats.bytes(-by))
  }
}
