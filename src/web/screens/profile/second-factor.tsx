/** A second factor: an application that gives codes, and ten codes on paper. */
import { Button, Code, Group, List, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { renderSVG } from 'uqr'
import type { TotpOffer } from '#api/contract'
import { useStepUp } from '../../app/step-up.tsx'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { account } from '../../client/queries.ts'
import { TroubleNote } from '../../parts/trouble.tsx'
import { SwitchOff } from './second-factor-off.tsx'

export function SecondFactor() {
  const { say } = useWords()
  const client = useQueryClient()
  const mine = useQuery(account)
  const [codes, setCodes] = useState<readonly string[]>([])
  const offer = useMutation({ mutationFn: () => ask<TotpOffer>('POST', 'account/totp') })
  const accepted = (given: readonly string[]) => {
    offer.reset()
    setCodes(given)
    void client.invalidateQueries({ queryKey: account.queryKey })
  }
  const has = mine.data?.hasTotp === true
  return (
    <Stack className="card" component="section" gap="md" data-has-totp={has}>
      <Title order={2}>{say.factor.title}</Title>
      <Text className="quiet">{has ? say.factor.is : say.factor.isNot}</Text>
      {codes.length > 0 && (
        <Stack gap="xs" role="status">
          <Text fw={600}>{say.factor.codes}</Text>
          <Group gap="sm" data-codes>
            {codes.map((one) => (
              <Code key={one} fz={15}>
                {one}
              </Code>
            ))}
          </Group>
        </Stack>
      )}
      {offer.data === undefined ? (
        <Group>
          <Button variant={has ? 'default' : 'filled'} onClick={() => offer.mutate()} loading={offer.isPending}>
            {has ? say.factor.replace : say.factor.begin}
          </Button>
          {has && <SwitchOff done={() => accepted([])} />}
        </Group>
      ) : (
        <Accept offer={offer.data} accepted={accepted} />
      )}
      <TroubleNote error={offer.error} />
    </Stack>
  )
}

interface AcceptProps {
  readonly offer: TotpOffer
  accepted(codes: readonly string[]): void
}

function Accept({ offer: { secret, uri }, accepted }: AcceptProps) {
  const { say } = useWords()
  const confirmed = useStepUp()
  const [code, setCode] = useState('')
  const accept = useMutation({
    mutationFn: () =>
      confirmed(() => ask<{ codes: string[] }>('PUT', 'account/totp', { secret, code: code.replaceAll(' ', '') })),
    onSuccess: (given) => given !== null && accepted(given.codes),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    accept.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-start" gap="lg">
        <img
          alt={say.factor.picture}
          src={`data:image/svg+xml,${encodeURIComponent(renderSVG(uri))}`}
          width={180}
          height={180}
        />
        <Stack style={{ flex: '1 1 260px' }} maw={420}>
          <List type="ordered" size="sm">
            <List.Item>{say.factor.scan}</List.Item>
            <List.Item>{say.factor.type}</List.Item>
          </List>
          <Text size="xs" className="quiet name">
            {say.factor.secret} <Code data-secret>{secret}</Code>
          </Text>
          <TextInput
            name="totp"
            label={say.account.code}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoComplete="one-time-code"
            inputMode="numeric"
            required
          />
          <TroubleNote error={accept.error} />
          <Button type="submit" loading={accept.isPending} w="fit-content">
            {say.factor.accept}
          </Button>
        </Stack>
      </Group>
    </form>
  )
}
