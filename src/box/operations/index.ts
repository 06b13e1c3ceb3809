import { withNames } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, OperationName, Operations } from '../operations.ts'
import { enter, invite, join, leave, readdress, removeBox } from './acts.ts'
import { adoptCharter, identify, showCommunity, sign } from './community.ts'
import { sendNotice, setContacts, setMail, showContacts, showMail, testMailServer } from './contacts.ts'
import { disperse } from './disperse.ts'
import { drain, stay } from './drain.ts'
import { listDrills, runDrill } from './drill.ts'
import { collect, expireSnapshots, holdSnapshot } from './expire.ts'
import { fetchHome } from './fetch-home.ts'
import { findSaved } from './find.ts'
import { listFolders } from './folders.ts'
import { scrubHosting, showHosting } from './hosting.ts'
import { sealKeys, showKeys, unsealKeys } from './keys.ts'
import { setLimits, showLimits } from './limits.ts'
import { bringSettings, saveSettings } from './own-settings.ts'
import { approve, expel, listPending, revoke } from './pending.ts'
import { listPolicies, setPolicy } from './policies.ts'
import { previewSource } from './preview.ts'
import { listPeers, probe } from './reach.ts'
import { cancelReleases, listReleases, showBrake } from './releases.ts'
import { restore } from './restore.ts'
import { returnFiles } from './return.ts'
import { applyRoot, isForHosts, listHeads, requestRoot } from './root.ts'
import { listSnapshots, showSnapshot, takeSnapshots } from './snapshots.ts'
import { addSource, listSources, setSource } from './sources.ts'
import { showState } from './state.ts'
import { checkAll, reindex, scrubVault } from './vault.ts'
import { approveRelease, undoReleases } from './verdicts.ts'
import { listVersions } from './versions.ts'
import { showWhence } from './whence.ts'
import { showWithout } from './without.ts'

interface Operation<Name extends OperationName> {
  /** True when it changes nothing here and need not wait for its turn. */
  readonly reads: boolean | ((args: Operations[Name][0]) => boolean)
  run(box: OpenedBox, args: Operations[Name][0], context: OperationContext): Promise<Operations[Name][1]>
}

export const operations: { readonly [Name in OperationName]: Operation<Name> } = {
  'source.add': { reads: false, run: addSource },
  'state.show': { reads: true, run: showState },
  'source.set': { reads: false, run: setSource },
  'source.list': { reads: true, run: listSources },
  'source.preview': { reads: true, run: previewSource },
  'folder.list': { reads: true, run: listFolders },
  'policy.list': { reads: true, run: listPolicies },
  'policy.set': { reads: false, run: setPolicy },
  'snapshot.take': { reads: false, run: takeSnapshots },
  'snapshot.list': { reads: true, run: listSnapshots },
  'snapshot.show': { reads: true, run: showSnapshot },
  'snapshot.versions': { reads: true, run: listVersions },
  'snapshot.whence': { reads: true, run: showWhence },
  'snapshot.find': { reads: true, run: findSaved },
  'snapshot.hold': { reads: false, run: holdSnapshot },
  'snapshot.expire': { reads: false, run: expireSnapshots },
  'community.identify': { reads: true, run: identify },
  'community.sign': { reads: true, run: sign },
  'community.adopt': { reads: false, run: adoptCharter },
  'community.show': { reads: true, run: showCommunity },
  'community.without': { reads: true, run: showWithout },
  // The keeper does one act after the other; none waits for a dispersal.
  'community.invite': { reads: true, run: invite },
  'community.join': { reads: false, run: join },
  'community.enter': { reads: false, run: enter },
  'community.readdress': { reads: true, run: readdress },
  'community.pending': { reads: true, run: listPending },
  'community.approve': { reads: true, run: approve },
  // It waits for others, and changes this box in turns of its own.
  'community.drain': { reads: true, run: drain },
  'community.stay': { reads: true, run: stay },
  'community.leave': { reads: true, run: leave },
  'community.remove': { reads: true, run: removeBox },
  'community.expel': { reads: true, run: expel },
  'community.revoke': { reads: true, run: revoke },
  disperse: {
    reads: false,
    run: async (box, args, context) => withNames(box, await disperse(box, args, context)),
  },
  restore: { reads: true, run: restore },
  'files.return': { reads: true, run: returnFiles },
  'vault.fetch': { reads: false, run: fetchHome },
  'vault.scrub': { reads: false, run: scrubVault },
  'vault.collect': { reads: false, run: collect },
  'drill.run': { reads: true, run: runDrill },
  'drill.list': { reads: true, run: listDrills },
  'vault.check': { reads: false, run: checkAll },
  'vault.reindex': { reads: false, run: reindex },
  'settings.save': { reads: false, run: saveSettings },
  'settings.bring': { reads: false, run: bringSettings },
  'hosting.show': { reads: true, run: showHosting },
  'hosting.scrub': { reads: true, run: scrubHosting },
  'release.list': { reads: true, run: listReleases },
  'release.cancel': { reads: false, run: cancelReleases },
  'release.undo': { reads: true, run: undoReleases },
  'release.approve': { reads: true, run: approveRelease },
  'brake.show': { reads: true, run: showBrake },
  'limits.show': { reads: true, run: showLimits },
  'limits.set': { reads: true, run: setLimits },
  'peer.list': { reads: true, run: listPeers },
  'peer.probe': { reads: true, run: probe },
  'root.heads': { reads: true, run: listHeads },
  'root.request': { reads: true, run: requestRoot },
  // What is for hosts waits for no dispersal; what changes this box does.
  'root.apply': { reads: isForHosts, run: applyRoot },
  'contacts.show': { reads: true, run: showContacts },
  // Whoever sees a thief at work must not wait for a dispersal.
  'contacts.set': { reads: true, run: setContacts },
  'mail.show': { reads: true, run: showMail },
  'mail.set': { reads: true, run: setMail },
  'notice.send': { reads: true, run: sendNotice },
  'mail.test': { reads: true, run: testMailServer },
  'keys.show': { reads: true, run: showKeys },
  'keys.seal': { reads: false, run: sealKeys },
  'keys.unseal': { reads: false, run: unsealKeys },
}
