import { Button, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { StateResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { hosting, peers } from '../../client/queries.ts'
import { boxName } from '../../parts/box-name.ts'
import { Empty } from '../../parts/empty.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Ring, useMarginCentre } from '../../parts/ring.tsx'

export function RingCard({ state: { margin, isFounded } }: { readonly state: StateResult }) {
  const { say } = useWords()
  const centre = useMarginCentre(margin)
  const others = useQuery({ ...peers, enabled: isFounded })
  const held = useQuery(hosting)
  const fragments = new Map(held.data?.own.map((one) => [one.host, one.fragments]))
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.ring.title}</Title>
      {!isFounded ? (
        <Empty title={say.ring.aloneTitle} text={say.ring.alone}>
          <Button component={Link} to="/community" variant="default">
            {say.banner.mend.community}
          </Button>
        </Empty>
      ) : (
        <Loaded of={others} lines={6}>
          {({ items }) => (
            <Ring
              members={items.map(({ box, name, state }) => ({
                id: box,
                name: boxName({ name, box }),
                state,
                fragments: fragments.get(box) ?? 0,
              }))}
              centre={centre}
            />
          )}
        </Loaded>
      )}
    </Stack>
  )
}
