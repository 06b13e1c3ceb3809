/** One more folder of this box to be saved. */
import { Button, Checkbox, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWords } from '../../app/words.tsx'
import { begin, done } from '../../client/ask.ts'
import { policies } from '../../client/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { FolderPicker } from './folder-picker.tsx'
import { Preview } from './preview.tsx'

const EMPTY = { name: '', paths: '', excludes: '', local: '', remote: '', isOneFileSystem: true }

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export function AddSource({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const { say } = useWords()
  const navigate = useNavigate()
  const [given, setGiven] = useState(EMPTY)
  const [isPicking, setPicking] = useState(false)
  const paths = useRef<HTMLTextAreaElement>(null)
  const known = useQuery({ ...policies, enabled: isOpen })
  const set = (field: 'name' | 'paths' | 'excludes') => (event: { currentTarget: { value: string } }) =>
    setGiven({ ...given, [field]: event.currentTarget.value })
  const wanted = {
    paths: linesOf(given.paths),
    excludes: linesOf(given.excludes),
    oneFileSystem: given.isOneFileSystem,
  }
  const add = useMutation({
    mutationFn: async () => {
      const name = given.name.trim()
      const policies = {
        ...(given.local !== '' && { local: given.local }),
        ...(given.remote !== '' && { remote: given.remote }),
      }
      await done(await begin('source.add', { name, ...wanted, ...policies }))
      return await begin('snapshot.take', { sources: [name] })
    },
    onSuccess: (begun) => {
      setGiven(EMPTY)
      close()
      if ('task' in begun) void navigate(`/tasks/${begun.task}`)
    },
  })
  const stopPicking = () => {
    setPicking(false)
    paths.current?.focus()
  }
  const pick = (path: string) => {
    const name = given.name.trim() === '' ? path.slice(path.lastIndexOf('/') + 1) : given.name
    setGiven({ ...given, name, paths: [...new Set([...linesOf(given.paths), path])].join('\n') })
    stopPicking()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  const ready = (known.data?.items ?? [])
    .filter(({ readyMade }) => readyMade)
    .map(({ name }) => ({ value: name, label: say.policies.name(name) }))
  return (
    <Dialog opened={isOpen} onClose={close} title={say.sources.add} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            name="source"
            label={say.sources.name}
            description={say.sources.nameHelp}
            value={given.name}
            onChange={set('name')}
            data-autofocus
            required
          />
          <Textarea
            name="paths"
            ref={paths}
            label={say.sources.paths}
            description={say.sources.pathsHelp}
            value={given.paths}
            onChange={set('paths')}
            autosize
            minRows={2}
            required
          />
          {isPicking ? (
            <FolderPicker choose={pick} close={stopPicking} />
          ) : (
            <Button
              variant="default"
              leftSection={<Icon of="Folder" size={16} />}
              style={{ alignSelf: 'flex-start' }}
              onClick={() => setPicking(true)}
            >
              {say.sources.pick}
            </Button>
          )}
          <Textarea
            name="excludes"
            label={say.sources.excludes}
            description={say.sources.excludesHelp}
            value={given.excludes}
            onChange={set('excludes')}
            autosize
            minRows={2}
          />
          <Group grow align="flex-end">
            <Select
              label={say.policies.local}
              placeholder={say.policies.default}
              data={ready}
              value={given.local === '' ? null : given.local}
              onChange={(local) => setGiven({ ...given, local: local ?? '' })}
              clearable
            />
            <Select
              label={say.policies.remote}
              placeholder={say.policies.default}
              data={ready}
              value={given.remote === '' ? null : given.remote}
              onChange={(remote) => setGiven({ ...given, remote: remote ?? '' })}
              clearable
            />
          </Group>
          <Checkbox
            label={say.sources.oneFileSystem}
            checked={given.isOneFileSystem}
            onChange={(event) => setGiven({ ...given, isOneFileSystem: event.currentTarget.checked })}
          />
          <Preview of={wanted} isReady={wanted.paths.length > 0} />
          <TroubleNote error={add.error} isAnswer />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say.action.cancel}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {say.sources.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
