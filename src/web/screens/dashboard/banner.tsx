import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import { mayRun } from '../../app/screens.ts'
import { useWords } from '../../app/words.tsx'
import { begin } from '../../client/ask.ts'
import { Icon, type IconName } from '../../parts/icons.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { type BannerFacts, type BannerState, bannerOf, type Reason, type Tone } from './banner.ts'

const ICONS: Readonly<Record<Tone, IconName>> = {
  proved: 'CircleCheck',
  protected: 'ShieldCheck',
  stored: 'Database',
  incomplete: 'AlertTriangle',
  action: 'Urgent',
  unknown: 'CircleDashed',
}

export function Banner({ facts, session }: { readonly facts: BannerFacts; readonly session: SessionAnswer }) {
  const { say } = useWords()
  const banner = bannerOf(facts)
  const isYours = banner.reason.kind === 'nothing' && session.role === 'user'
  return (
    <section
      className="card banner"
      style={{ '--tone': `var(--${banner.tone})` } as React.CSSProperties}
      aria-live="polite"
      data-tone={banner.tone}
      data-reason={banner.reason.kind}
    >
      <Group justify="space-between" align="flex-start" gap="md">
        <Group align="flex-start" gap="md" wrap="nowrap" style={{ flex: '1 1 300px', minWidth: 0 }}>
          <Icon of={ICONS[banner.tone]} size={32} style={{ color: 'var(--tone)', flex: 'none' }} />
          <Stack gap={4}>
            <Title order={2} fz={{ base: 18, sm: 24 }} style={{ color: 'var(--tone)' }}>
              {say.banner.title[banner.tone]}
            </Title>
            <Text className="name">{isYours ? say.banner.nothingYours : sentenceOf(say, banner, facts)}</Text>
          </Stack>
        </Group>
        <Mend reason={banner.reason} session={session} />
      </Group>
    </section>
  )
}

function sentenceOf(say: ReturnType<typeof useWords>['say'], { reason }: BannerState, { state }: BannerFacts): string {
  if (reason.kind === 'silent') return say.banner.silent(reason.names, reason.margin)
  if ('sources' in reason) return say.banner[reason.kind](reason.sources)
  if (reason.kind === 'proved') {
    const proofs = state.sources.flatMap(({ provedAt, ended }) => (provedAt === null || ended ? [] : [provedAt]))
    return say.banner.proved(proofs.sort()[0] ?? state.at)
  }
  return say.banner[reason.kind]
}

/** What mends it: a task, or the screen where it is done. */
function Mend({ reason, session }: { readonly reason: Reason; readonly session: SessionAnswer }) {
  const { say } = useWords()
  const navigate = useNavigate()
  const task = useMutation({
    mutationFn: async (act: () => ReturnType<typeof begin>) => await act(),
    onSuccess: (begun) => 'task' in begun && void navigate(`/tasks/${begun.task}`),
  })
  const isKeeper = mayRun(session.role)
  const acts: Partial<Record<Reason['kind'], { label: string; act: () => ReturnType<typeof begin> }>> = {
    unsaved: { label: say.banner.mend.take, act: () => begin('snapshot.take', { sources: [] }) },
    drillFailed: { label: say.banner.mend.drill, act: () => begin('drill.run', {}) },
    unconfirmed: { label: say.banner.mend.disperse, act: () => begin('disperse', { waitMs: 60_000 }) },
    unproved: { label: say.banner.mend.drill, act: () => begin('drill.run', {}) },
    late: { label: say.banner.mend.take, act: () => begin('snapshot.take', { sources: [] }) },
  }
  const places: Partial<Record<Reason['kind'], { label: string; to: string }>> = {
    nothing: { label: say.banner.mend.add, to: '/sources?add' },
    sheet: { label: say.banner.mend.sheet, to: '/recovery-sheet' },
    incomplete: { label: say.banner.mend.look, to: '/sources' },
    unknown: { label: say.banner.mend.look, to: '/sources' },
    silent: { label: say.banner.mend.community, to: '/community' },
    alone: { label: say.banner.mend.community, to: '/community' },
    out: { label: say.banner.mend.community, to: '/community' },
    torn: { label: say.banner.mend.community, to: '/community' },
    fell: { label: say.action.restore, to: '/restore' },
    proved: { label: say.banner.mend.look, to: '/sources' },
  }
  const act = isKeeper ? acts[reason.kind] : undefined
  const place = places[reason.kind]
  if (act !== undefined) {
    return (
      <Stack gap="xs">
        <Button onClick={() => task.mutate(act.act)} loading={task.isPending}>
          {act.label}
        </Button>
        <TroubleNote error={task.error} />
      </Stack>
    )
  }
  if (place === undefined || session.role === 'user') return null
  if (reason.kind === 'nothing' && !isKeeper) return null
  if (reason.kind === 'sheet' && session.role !== 'administrator') return null
  if (reason.kind === 'fell' && session.role === 'reader') return null
  return (
    <Button component={Link} to={place.to} variant={reason.kind === 'proved' ? 'default' : 'filled'}>
      {place.label}
    </Button>
  )
}
