import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText } from '#base'
import { ReleaseCase } from '../../src/dispersal/hosting/release-fixture.ts'
import { BUCKET_FRAGMENTS_MAX } from '../../src/dispersal/limits.ts'
import { HOSTING } from '../../src/dispersal/test-town.ts'

test('an owner who stuffs one bucket is refused, and the host goes on listing all that it keeps', async () => {
  const on = await ReleaseCase.open('bucket')
  const [first] = await on.putMany(1)
  assert.ok(first)
  const prefix = first.stripe.slice(0, 2)
  const bucket = joinPath(HOSTING, on.owner.signer.box, 'fragments', prefix)
  for (let number = 1; number < BUCKET_FRAGMENTS_MAX; number++) {
    const name = pathFromText(`${prefix}${number.toString(16).padStart(62, '0')}.0`)
    using _file = on.disk.open(joinPath(bucket, name), 'create')
  }
  const more = on.putMany(400)
  await assert.rejects(more, { code: 'INVENTORY_TOO_LARGE' })
  const { owners } = await on.hosting.describe()
  assert.equal(owners.length, 1)
})
