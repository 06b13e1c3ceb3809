/** Where the data comes from, and how long that takes. */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { boxName } from '../../parts/box-name.ts'
import { type PathCode, savedPaths } from './paths.ts'

export function Whence({ snapshot, paths }: { readonly snapshot: string; readonly paths: readonly PathCode[] }) {
  const { say, formats } = useWords()
  const known = useQuery({
    queryKey: ['snapshot.whence', snapshot, paths],
    queryFn: ({ signal }) => look('snapshot.whence', { id: snapshot, paths: savedPaths(paths) }, signal),
  })
  if (known.data === undefined) return null
  const { bytes, remoteBytes, hosts, seconds } = known.data
  return (
    <Text size="xs" className="quiet" data-whence>
      {remoteBytes === 0
        ? say.restore.fromHere(formats.bytes(bytes))
        : say.restore.fromHosts(
            formats.bytes(bytes),
            formats.bytes(remoteBytes),
            hosts.map(({ host, name }) => boxName({ box: host, name })).sort(),
          )}
      {seconds !== null && seconds >= 1 && ` ${say.restore.takes(formats.duration(1000 * seconds))}`}
    </Text>
  )
}
