/** Space: used, available, lent. */
import { Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../app/words.tsx'
import { hosting } from '../../client/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'

export function Space() {
  const { say, formats } = useWords()
  const held = useQuery(hosting)
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.space.title}</Title>
      <Loaded of={held}>
        {({ disk, owners }) => {
          const lent = owners.reduce((sum, { bytes }) => sum + bytes, 0)
          const own = Math.max(0, disk.usedBytes - lent)
          const free = Math.max(0, disk.totalBytes - disk.usedBytes)
          const share = (bytes: number): number => (disk.totalBytes === 0 ? 0 : (100 * bytes) / disk.totalBytes)
          return (
            <>
              <Progress.Root size={16} aria-hidden>
                <Progress.Section value={share(own)} color="var(--stored)" />
                <Progress.Section value={share(lent)} color="var(--protected)" />
              </Progress.Root>
              <Group gap="xs" style={{ columnGap: 32 }}>
                <Amount tone="var(--stored)" label={say.space.used} value={formats.bytes(own)} />
                <Amount tone="var(--protected)" label={say.space.lent} value={formats.bytes(lent)} />
                <Amount tone="var(--hairline)" label={say.space.free} value={formats.bytes(free)} />
              </Group>
              <Text size="xs" className="quiet">
                {say.space.limit(formats.bytes(disk.limitBytes))}
              </Text>
            </>
          )
        }}
      </Loaded>
    </Stack>
  )
}

function Amount({ tone, label, value }: { readonly tone: string; readonly label: string; readonly value: string }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <span aria-hidden style={{ width: 12, height: 12, borderRadius: 3, background: tone }} />
      <Text size="xs" className="quiet">
        {label}
      </Text>
      <Text fw={600}>{value}</Text>
    </Group>
  )
}
