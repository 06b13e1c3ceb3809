import { Button, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { startRegistration } from '@simplewebauthn/browser'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useStepUp } from '../../app/step-up.tsx'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { passkeys, setup } from '../../client/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Sure } from '../../parts/sure.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'

type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON']

export function Passkeys() {
  const { say } = useWords()
  const place = useQuery(setup)
  const known = useQuery(passkeys)
  const isPossible = place.data?.hasPasskeys === true
  return (
    <Stack className="card" component="section" gap="md">
      <Title order={2}>{say.passkeys.title}</Title>
      <Text className="quiet">{isPossible ? say.passkeys.what : say.passkeys.notHere}</Text>
      <Loaded of={known} lines={1}>
        {({ items }) =>
          items.length > 0 && (
            <Wide>
              <Table className="lines">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{say.account.name}</Table.Th>
                    <Table.Th>{say.sessions.address}</Table.Th>
                    <Table.Th>{say.sessions.seen}</Table.Th>
                    <Table.Th aria-label={say.column.actions} />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Row key={one.id} {...one} />
                  ))}
                </Table.Tbody>
              </Table>
            </Wide>
          )
        }
      </Loaded>
      {isPossible && <Add />}
    </Stack>
  )
}

interface RowProps {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly seen: number | null
}

function Row({ id, name, domain, seen }: RowProps) {
  const { say } = useWords()
  const client = useQueryClient()
  const confirmed = useStepUp()
  const remove = useMutation({
    mutationFn: () => confirmed(() => ask('DELETE', `account/passkeys/${encodeURIComponent(id)}`)),
    onSuccess: () => client.invalidateQueries({ queryKey: passkeys.queryKey }),
  })
  return (
    <Table.Tr>
      <Table.Td className="name main">{name}</Table.Td>
      <Table.Td className="name">{domain}</Table.Td>
      <Table.Td data-brief={say.sessions.seen}>{seen === null ? say.never : <Moment at={seen} />}</Table.Td>
      <Table.Td>
        <Sure
          label={say.action.remove}
          title={say.passkeys.removeTitle(name)}
          what={say.passkeys.removeWhat}
          size="compact-sm"
          act={() => remove.mutate()}
          loading={remove.isPending}
          name="passkey-off"
        />
        <TroubleNote error={remove.error} />
      </Table.Td>
    </Table.Tr>
  )
}

function Add() {
  const { say } = useWords()
  const client = useQueryClient()
  const confirmed = useStepUp()
  const [name, setName] = useState('')
  const add = useMutation({
    mutationFn: async () => {
      const optionsJSON = await confirmed(() => ask<CreationOptions>('POST', 'account/passkeys/options'))
      if (optionsJSON === null) return
      const { id, rawId, type, response } = await startRegistration({ optionsJSON })
      const { clientDataJSON, attestationObject, transports } = response
      const passkey = { id, rawId, type, response: { clientDataJSON, attestationObject, transports } }
      await ask('POST', 'account/passkeys', { name, passkey })
      setName('')
    },
    onSuccess: () => client.invalidateQueries({ queryKey: passkeys.queryKey }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          name="passkey"
          label={say.passkeys.name}
          placeholder={say.passkeys.example}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={add.isPending}>
          {say.passkeys.add}
        </Button>
      </Group>
      <TroubleNote error={add.error} />
    </form>
  )
}
